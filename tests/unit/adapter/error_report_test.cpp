#include "error_report.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

namespace ferry {

namespace {

ferry_error fresh() {
    ferry_error error{};
    error.struct_size = sizeof error;
    return error;
}

} // namespace

TEST_CASE("kinds become codes and words") {
    ferry_error error = fresh();
    CHECK(report_error(&error, Error{ErrorKind::auth, "no"}) == FERRY_REFUSED);
    CHECK(std::string(error.kind) == "auth");
    CHECK(std::string(error.message) == "no");
    CHECK(report_error(&error, Error{ErrorKind::invalid, ""}) == FERRY_INVALID);
    CHECK(report_error(&error, Error{ErrorKind::cancelled, ""}) == FERRY_CANCELLED);
    CHECK(report_error(&error, Error{ErrorKind::storage, ""}) == FERRY_FAILED);
}

TEST_CASE("long messages are cut at a character's edge and always terminated") {
    ferry_error error = fresh();
    std::string text(2046, 'x');
    text += "\xC3\xA9"; // its second byte would be the one behind the buffer's last
    report_error(&error, FERRY_FAILED, std::string(100, 'k'), text);
    CHECK(std::string(error.message) == std::string(2046, 'x'));
    CHECK(std::string(error.kind) == std::string(31, 'k'));
}

TEST_CASE("no report is written where there is none or where it is too short") {
    CHECK(report_error(nullptr, FERRY_FAILED, "io", "x") == FERRY_FAILED);
    ferry_error error = fresh();
    error.struct_size = offsetof(ferry_error, message);
    CHECK(report_error(&error, FERRY_FAILED, "io", "x") == FERRY_FAILED);
    CHECK(error.message[0] == '\0');
}

TEST_CASE("the guard lets no exception through") {
    ferry_error error = fresh();
    CHECK(guard(&error, []() -> int32_t { throw std::runtime_error("boom"); }) == FERRY_FAILED);
    CHECK(std::string(error.message) == "boom");
    CHECK(guard(&error, []() -> int32_t { throw 42; }) == FERRY_FAILED);
    CHECK(guard(&error, []() -> int32_t { throw std::bad_alloc(); }) == FERRY_FAILED);
    CHECK(guard(&error, []() -> int32_t { return FERRY_OK; }) == FERRY_OK);
}

} // namespace ferry
