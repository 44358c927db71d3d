#include "report/leftovers.hpp"

#include "document/strict_json.hpp"
#include "schema/json_value.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

namespace {

RunResult failed_with(const std::string& unfinished, StepStatus status = StepStatus::failed) {
    StepResult step;
    step.id = "publish";
    step.status = status;
    step.outputs = new_object();
    if (!unfinished.empty())
        step.outputs->set("unfinished", std::get<Json>(parse_json(unfinished)));
    RunResult result;
    result.steps.push_back(std::move(step));
    return result;
}

std::string left(int uploads, const std::string& ids, const std::string& project = "me/p") {
    return "{\"uploads\":" + std::to_string(uploads) + R"(,"bytes":1073741824,)" +
           (ids.empty() ? ""
                        : R"("drop":{"task":"uploads-abort","with":{"endpoint":"e","upload_ids":[)" + ids + "]}},") +
           R"("drop_all":{"task":"uploads-abort","with":{"project":")" + project + R"(","known":"only"}}})";
}

std::string text_of_all(const Leftovers& leftovers) {
    return leftovers.text("/state", [](const std::string& task, const JsonObject& with) {
        return "<" + task + " " + to_json(Json(JsonObject::Ptr(new JsonObject(with)))) + ">";
    });
}

} // namespace

TEST_CASE("what one step leaves is told with what finishes and what drops it") {
    Leftovers leftovers;
    CHECK_FALSE(leftovers.any());
    leftovers.add(failed_with(left(1, R"("a")")));
    REQUIRE(leftovers.any());
    CHECK(text_of_all(leftovers) ==
          "1 unfinished upload (1.00 GiB stored on the platform, known in /state) is kept for resume: run the same "
          "again to finish it, or drop it with: <uploads-abort {\"endpoint\":\"e\",\"upload_ids\":[\"a\"]}>");
}

TEST_CASE("several steps' ids are joined as long as they are few") {
    Leftovers leftovers;
    leftovers.add(failed_with(left(1, R"("a")")));
    leftovers.add(failed_with(left(2, R"("b","c")")));
    CHECK(text_of_all(leftovers).find("3 unfinished uploads (2.00 GiB ") == 0);
    CHECK(text_of_all(leftovers).find("or drop them with: <uploads-abort "
                                      "{\"endpoint\":\"e\",\"upload_ids\":[\"a\",\"b\",\"c\"]}>") != std::string::npos);
    leftovers.add(failed_with(left(9, "")));
    leftovers.add(failed_with(left(1, R"("d")", "me/other")));
    CHECK(text_of_all(leftovers).find("13 unfinished uploads") == 0);
    CHECK(text_of_all(leftovers).find("or drop all that this state directory knows there with: <uploads-abort "
                                      "{\"project\":\"me/p\",\"known\":\"only\"}>; and <uploads-abort "
                                      "{\"project\":\"me/other\",\"known\":\"only\"}>") != std::string::npos);
}

TEST_CASE("any number of rows has a few commands") {
    Leftovers leftovers;
    for (int row = 0; row < 1000; ++row)
        leftovers.add(failed_with(left(1, "\"u" + std::to_string(row) + "\"", "me/p" + std::to_string(row))));
    const std::string text = text_of_all(leftovers);
    CHECK(text.find("1000 unfinished uploads") == 0);
    CHECK(text.size() < 1000);
    CHECK(text.ends_with("; and so for the other targets"));
}

TEST_CASE("only failed steps count, and what makes no sense is left out") {
    Leftovers leftovers;
    leftovers.add(failed_with(left(1, R"("a")"), StepStatus::succeeded));
    leftovers.add(failed_with(""));
    for (const char* odd : {"3", "{}", R"({"uploads":-1})", R"({"uploads":"1"})", R"({"uploads":0,"drop":7})"})
        leftovers.add(failed_with(odd));
    CHECK_FALSE(leftovers.any());
    leftovers.add(failed_with(R"({"uploads":1,"bytes":-5,"drop":{"task":3,"with":[]},"drop_all":null})"));
    CHECK(text_of_all(leftovers) == "1 unfinished upload (0 B stored on the platform, known in /state) is kept for "
                                    "resume: run the same again to finish it");
}

} // namespace ferry::test
