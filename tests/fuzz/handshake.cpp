// The plugin handshake: tables of every size, version and count, with nulls, short structs and texts that are none.
// Each struct and text is a block of its own size, so that a read beyond what it says it holds is seen. Pointers are
// null or good: what a wild one does is the probe's to find out.
#include "fuzz.hpp"

#include "plugins/abi_text.hpp"
#include "plugins/error_text.hpp"
#include "plugins/handshake.hpp"
#include "plugins/plugin_handle.hpp"
#include "schema/defaults.hpp"
#include "schema/describe_schema.hpp"
#include "schema/validator.hpp"

#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>
#include <stdexcept>

using namespace ferry;

namespace {

// What a plugin would hold in its memory, made from the input:
//   a byte that says how the entry point ends; for the table a byte of its size, one of its versions, one of its count,
//   two texts; for each task a byte of its size, one of its functions, four texts.
class Plugin {
  public:
    explicit Plugin(fuzz::Bytes bytes) : bytes_(bytes) {
        ending_ = bytes_.byte();
        ferry_plugin table{};
        table.struct_size = size_of(sizeof table);
        const std::uint8_t versions = bytes_.byte();
        table.abi_major = FERRY_ABI_MAJOR + (versions & 3) / 3; // wrong once in four
        table.abi_minor = versions >> 2;
        const std::uint8_t count = bytes_.byte();
        table.name = text();
        table.version = text();
        table.open = ending_ & 0x80 ? open : nullptr;
        const std::size_t tasks = count % 6; // 5: said to be very many, and null
        table.task_count = tasks == 5 ? bytes_.number(8) : tasks;
        table.tasks = tasks == 5 ? nullptr : make_tasks(tasks);
        table_ = block(table, table.struct_size);
        if (tasks == 5 && table.task_count > 1024 && count > 128) // refused before the list is looked at
            table_ = block(with_list(table), table.struct_size);
    }

    const ferry_plugin* entry(ferry_error& error) const {
        switch (ending_ & 7) {
        case 0:
            throw std::runtime_error("a \x1b[31mloud\n reason");
        case 1:
            throw 42;
        case 2: // both texts without an end
            std::memset(error.kind, 'k', sizeof error.kind);
            std::memset(error.message, ending_, sizeof error.message);
            return nullptr;
        default:
            return table_;
        }
    }

  private:
    static int32_t open(void** context, ferry_error* error) {
        std::memset(error->message, '\xc3', sizeof error->message);
        std::memset(error->kind, 'k', sizeof error->kind);
        *context = nullptr;
        return FERRY_FAILED;
    }
    static int32_t create(void*, ferry_string, const ferry_run_context*, const ferry_services*, void**, ferry_error*) {
        return FERRY_FAILED;
    }
    static int32_t run(void*, ferry_error*) { return FERRY_FAILED; }
    static void destroy(void*) {}

    // Mostly the right size, else a smaller or larger one, down to nothing.
    std::size_t size_of(std::size_t right) {
        const std::uint8_t value = bytes_.byte();
        return value < 128 ? right : static_cast<std::size_t>(value - 128) * 2;
    }

    std::unique_ptr<char[]>& memory(std::size_t size) { return memory_.emplace_back(std::make_unique<char[]>(size)); }

    // As much of the struct as it says it has, and always its size.
    template <class Struct> const Struct* block(const Struct& from, std::size_t size) {
        const std::size_t bytes = std::max(size, sizeof(std::size_t));
        char* to = memory(bytes).get();
        std::memcpy(to, &from, std::min(bytes, sizeof from));
        return reinterpret_cast<const Struct*>(to);
    }

    ferry_string text() {
        const std::string_view found = bytes_.text();
        if (found.empty()) // with or without a size
            return {nullptr, bytes_.byte()};
        char* to = memory(found.size()).get();
        std::memcpy(to, found.data(), found.size());
        return {to, found.size()};
    }

    const ferry_task_type* const* make_tasks(std::size_t count) {
        auto* list = reinterpret_cast<const ferry_task_type**>(memory(count * sizeof(void*)).get());
        for (std::size_t i = 0; i < count; ++i)
            list[i] = make_task();
        return list;
    }

    const ferry_task_type* make_task() {
        ferry_task_type type{};
        type.struct_size = size_of(sizeof type);
        const std::uint8_t functions = bytes_.byte();
        if (functions == 255)
            return nullptr;
        type.name = text();
        type.version = text();
        type.summary = text();
        type.options_schema = text();
        type.create = functions & 1 ? nullptr : create;
        type.run = functions & 2 ? nullptr : run;
        type.destroy = functions & 4 ? nullptr : destroy;
        return block(type, type.struct_size);
    }

    ferry_plugin with_list(ferry_plugin table) {
        table.tasks = make_tasks(1);
        return table;
    }

    fuzz::Bytes bytes_;
    std::uint8_t ending_ = 0;
    std::deque<std::unique_ptr<char[]>> memory_;
    const ferry_plugin* table_ = nullptr;
};

const Plugin* current = nullptr;

const ferry_plugin* query(const ferry_host_info* host, ferry_error* error) {
    fuzz::require(host && host->struct_size == sizeof *host && error && error->struct_size == sizeof *error,
                  "the entry point is called as the ABI says");
    return current->entry(*error);
}

void use(const TaskEntry& entry) {
    fuzz::require(!entry.name.empty() && entry.name.size() <= 64 && fuzz::is_word(entry.name), "a task has a name");
    fuzz::require_plain(entry.version + entry.summary + entry.plugin, "what a task says of itself is plain");
    const Validator validator(entry.schema);
    JsonObject::Ptr options = new_object();
    JsonArray::Ptr list = new JsonArray;
    list->add("a");
    list->add(true);
    options->set("files", "a");
    options->set("count", 3);
    options->set("list", list);
    options->set("nested", with_defaults(entry.schema, *options));
    for (const Diagnostic& problem : validator.check(options, "file", "/with"))
        fuzz::require_plain(to_text(problem), "a problem is plain");
    fuzz::require_plain(describe_schema(entry.schema, entry.schema), "a schema in words is plain");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Plugin plugin{fuzz::Bytes(fuzz::view(data, size))};
    current = &plugin;
    const QueryResult result = query_entry(query);
    if (const auto* reason = std::get_if<std::string>(&result)) {
        fuzz::require(!reason->empty(), "what is refused has a reason");
        fuzz::require_plain(*reason, "a reason is plain", true);
        return 0;
    }
    const auto handle = std::make_shared<TableHandle>(*std::get<const ferry_plugin*>(result));
    TaskRegistry registry;
    if (const auto problem = registry.add(handle)) {
        fuzz::require_plain(*problem, "a problem is plain");
        fuzz::require(registry.list().empty(), "a plugin is taken whole or not at all");
        return 0;
    }
    fuzz::require(!registry.list().empty(), "a plugin offers a task");
    for (const TaskEntry* entry : registry.list())
        use(*entry);
    void* context = nullptr;
    ferry_error error{};
    error.struct_size = sizeof error;
    if (handle->context(&context, error) != FERRY_OK)
        fuzz::require_plain(kind_of(error) + message_of(error), "an error is plain", true);
    return 0;
}
