#include "base/secret.hpp"
#include "base/status.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <type_traits>

namespace ferry::test {

TEST_CASE("a status is success until it is given an error") {
    CHECK(Status().ok());
    const Status failed(ErrorKind::conflict, "the name is taken");
    CHECK_FALSE(failed);
    CHECK(failed.error().kind == ErrorKind::conflict);
    CHECK(failed.error().message == "the name is taken");
}

TEST_CASE("a result holds a value or an error") {
    Result<std::unique_ptr<int>> owned(std::make_unique<int>(7));
    REQUIRE(owned.ok());
    CHECK(**owned == 7);
    CHECK(owned.status().ok());
    const std::unique_ptr<int> taken = std::move(owned).value();
    CHECK(*taken == 7);

    const Result<std::string> text(ErrorKind::io, "cannot read");
    REQUIRE_FALSE(text.ok());
    CHECK(text.status().error().kind == ErrorKind::io);
}

TEST_CASE("every kind of error has a word of its own") {
    std::set<std::string> words;
    constexpr int kinds = static_cast<int>(ErrorKind::internal) + 1;
    for (int i = 0; i < kinds; ++i)
        words.insert(to_word(static_cast<ErrorKind>(i)));
    CHECK(words.size() == kinds);
    CHECK(std::string(to_word(ErrorKind::not_found)) == "not_found");
}

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
    out << value;
};

TEST_CASE("a secret cannot be printed by accident") {
    CHECK(Printable<std::string>);
    CHECK_FALSE(Printable<Secret>);
    CHECK_FALSE(std::is_convertible_v<Secret, std::string>);
    CHECK_FALSE(std::is_convertible_v<Secret, std::string_view>);
    CHECK(Secret().empty());
    CHECK(Secret("abc").reveal() == "abc");
}

} // namespace ferry::test
