#include "cli/go_on.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

TEST_CASE("a run goes on with --resume, once, and not from the step again") {
    CHECK(command_to_go_on({"run", "w.json"}) == "ferry run w.json --resume");
    CHECK(command_to_go_on({"run", "--resume", "w.json"}) == "ferry run w.json --resume");
    CHECK(command_to_go_on({"run", "w.json", "--from", "b", "--var", "a=b c"}) ==
          "ferry run w.json --var 'a=b c' --resume");
    CHECK(command_to_go_on({"run", "w.json", "--from=b", "--resume", "--resume"}) == "ferry run w.json --resume");
    CHECK(command_to_go_on({"run", "w.json", "--only", "b"}) == "ferry run w.json --only b --resume");
}

TEST_CASE("what only looks like an option stays") {
    CHECK(command_to_go_on({"run", "w.json", "--var", "x=--resume", "--outputs", "--from"}) ==
          "ferry run w.json --var x=--resume --outputs --from --resume");
    CHECK(command_to_go_on({"run", "w.json", "--from"}) == "ferry run w.json --resume");
}

TEST_CASE("a task goes on as it is") {
    CHECK(command_to_go_on({"task", "upload", "--set", "project=me/p"}) == "ferry task upload --set project=me/p");
}

TEST_CASE("the rows of a batch that are left") {
    CHECK(command_for_rows({"batch", "w.json", "--resume", "--manifest", "a b.csv"}, true) ==
          "ferry batch w.json --manifest 'a b.csv' --resume-failed");
    CHECK(command_for_rows({"batch", "w.json", "--resume-failed", "--joblog", "--resume"}, false) ==
          "ferry batch w.json --joblog --resume --resume");
}

TEST_CASE("a step alone") {
    CHECK(command_for_step({"run", "w.json", "--only", "c", "--resume", "--dry-run", "--jobs", "2"}, "b") ==
          "ferry run w.json --jobs 2 --only b");
    CHECK(command_for_step({"run", "w.json", "--from", "c"}, "a") == "ferry run w.json --only a");
}

TEST_CASE("a task alone: options are texts where they are, and JSON where a text would be taken for it") {
    auto with = new_object();
    with->set("endpoint", std::string("https://x/v2"));
    with->set("project", std::string("me/it's"));
    with->set("profile", std::string("12"));
    with->set("older_than", 0);
    JsonArray::Ptr ids = new JsonArray;
    ids->add(std::string("a b"));
    with->set("upload_ids", ids);
    CHECK(command_for_task("uploads-abort", *with, {"--state-dir", "/s d"}) ==
          "ferry task uploads-abort --set endpoint=https://x/v2 --set 'project=me/it'\\''s' --set 'profile=\"12\"' "
          "--set older_than=0 --set 'upload_ids=[\"a b\"]' --state-dir '/s d'");
}

} // namespace ferry::test
