#include "fake_plugin.hpp"

#include <doctest/doctest.h>

namespace ferry::test {

TEST_CASE("tasks are found by name and listed in order") {
    FakePlugin a("a", "zebra");
    FakePlugin b("b", "ant");
    TaskRegistry registry;
    REQUIRE_FALSE(registry.add(std::make_shared<TableHandle>(a.table)));
    REQUIRE_FALSE(registry.add(std::make_shared<TableHandle>(b.table)));
    REQUIRE(registry.find("zebra"));
    CHECK(registry.find("zebra")->plugin == "a");
    CHECK(registry.find("zebra")->schema->has("type"));
    CHECK_FALSE(registry.find("zebr"));
    REQUIRE(registry.list().size() == 2);
    CHECK(registry.list()[0]->name == "ant");
}

TEST_CASE("a name that is taken names both plugins, and nothing of the second is added") {
    FakePlugin first("first", "same");
    FakePlugin second("second", "fresh");
    ferry_task_type taken = second.type;
    taken.name = text("same");
    const ferry_task_type* const tasks[] = {&second.type, &taken};
    second.table.tasks = tasks;
    second.table.task_count = 2;
    TaskRegistry registry;
    REQUIRE_FALSE(registry.add(std::make_shared<TableHandle>(first.table)));
    const auto reason = registry.add(std::make_shared<TableHandle>(second.table));
    REQUIRE(reason);
    CHECK(*reason == "its plugin 'second' offers task 'same', which plugin 'first' already offers");
    CHECK_FALSE(registry.find("fresh"));
}

TEST_CASE("one plugin may not offer a name twice") {
    FakePlugin plugin("p", "same");
    const ferry_task_type* const tasks[] = {&plugin.type, &plugin.type};
    plugin.table.tasks = tasks;
    plugin.table.task_count = 2;
    TaskRegistry registry;
    CHECK(registry.add(std::make_shared<TableHandle>(plugin.table)) == "its plugin 'p' offers task 'same' twice");
}

TEST_CASE("an entry keeps its plugin open") {
    FakePlugin plugin;
    int closed = 0;
    plugin.on_close = [&](void*) { ++closed; };
    {
        TaskRegistry registry;
        REQUIRE_FALSE(registry.add(std::make_shared<TableHandle>(plugin.table)));
        RecordingListener listener;
        run_task(*registry.find("fake"), Poco::JSON::Object(), {}, {listener, {}, {}});
        CHECK(closed == 0);
    }
    CHECK(closed == 1);
}

} // namespace ferry::test
