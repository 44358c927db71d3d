#include "plugins/handshake.hpp"

#include "ferry_version.hpp"
#include "plugins/abi_text.hpp"
#include "plugins/error_text.hpp"

#include <dlfcn.h>

#include <exception>

namespace ferry {
namespace {

constexpr std::size_t max_tasks = 1024;
constexpr std::size_t max_name = 64;

std::string version_text(std::uint32_t major, std::uint32_t minor) {
    return std::to_string(major) + "." + std::to_string(minor);
}

std::optional<std::string> too_short(const std::string& what, std::size_t size, std::size_t required) {
    if (size >= required)
        return std::nullopt;
    return what + " is too short: " + std::to_string(size) + " bytes where ABI " +
           version_text(FERRY_ABI_MAJOR, FERRY_ABI_MINOR) + " needs " + std::to_string(required);
}

template <typename Struct, typename Field> std::size_t end_of(const Struct& object, const Field& field) {
    return static_cast<std::size_t>(reinterpret_cast<const char*>(&field) - reinterpret_cast<const char*>(&object)) +
           sizeof field;
}

std::optional<std::string> bad_text(const std::string& what, ferry_string text) {
    if (!from_abi(text))
        return what + (text.data ? " is not UTF-8" : " is a null pointer with a size");
    if (text.size == 0)
        return what + " is missing";
    return std::nullopt;
}

bool is_task_name(std::string_view name) {
    const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
    if (name.empty() || name.size() > max_name || !lower(name.front()))
        return false;
    for (const char c : name)
        if (!lower(c) && !(c >= '0' && c <= '9') && c != '-')
            return false;
    return true;
}

std::optional<std::string> missing_function(const std::string& what, const ferry_task_type& type) {
    const char* missing = !type.create ? "create" : !type.run ? "run" : !type.destroy ? "destroy" : nullptr;
    if (!missing)
        return std::nullopt;
    return what + " has no function " + missing;
}

std::optional<std::string> check_task(const ferry_task_type* type, std::size_t index) {
    std::string what = "task " + std::to_string(index + 1) + " of its table";
    if (!type)
        return what + " is a null pointer";
    if (auto reason = too_short(what, type->struct_size, end_of(*type, type->FERRY_TASK_TYPE_REQUIRED)))
        return reason;
    if (auto reason = bad_text("the name of " + what, type->name))
        return reason;
    if (!is_task_name(*from_abi(type->name)))
        return "the name of " + what + ", '" + printable_abi(type->name, max_name) +
               "', is not allowed: a lower-case letter, then up to 63 lower-case letters, digits and '-'";
    what = "task '" + printable_abi(type->name) + "'";
    if (auto reason = bad_text("the version of " + what, type->version))
        return reason;
    if (auto reason = bad_text("the summary of " + what, type->summary))
        return reason;
    if (auto reason = bad_text("the options schema of " + what, type->options_schema))
        return reason;
    return missing_function(what, *type);
}

QueryResult refusal(const ferry_error& error) {
    const std::string reason = message_of(error);
    return reason.empty() ? "its ferry_plugin_query answered null without a reason" : "it refused: " + reason;
}

std::string last_dl_error() {
    const char* error = ::dlerror();
    return error ? printable(error) : std::string("no reason given");
}

} // namespace

std::optional<std::string> check_table(const ferry_plugin& table) {
    const std::string what = "its plugin table";
    if (auto reason = too_short(what, table.struct_size, end_of(table, table.abi_minor)))
        return reason;
    if (table.abi_major != FERRY_ABI_MAJOR)
        return "it is built for ABI " + version_text(table.abi_major, table.abi_minor) + ", this ferry speaks ABI " +
               version_text(FERRY_ABI_MAJOR, FERRY_ABI_MINOR) + "; use a build of the plugin for this ferry";
    if (auto reason = too_short(what, table.struct_size, end_of(table, table.FERRY_PLUGIN_REQUIRED)))
        return reason;
    if (auto reason = bad_text("the plugin's name", table.name))
        return reason;
    if (auto reason = bad_text("the plugin's version", table.version))
        return reason;
    if (table.task_count == 0 || table.task_count > max_tasks || !table.tasks)
        return "its plugin table offers no tasks (count " + std::to_string(table.task_count) + ")";
    for (std::size_t i = 0; i < table.task_count; ++i)
        if (auto reason = check_task(table.tasks[i], i))
            return reason;
    return std::nullopt;
}

QueryResult query_entry(ferry_plugin_query_fn entry, const std::function<void(LoadStage)>& stage) {
    if (stage)
        stage(LoadStage::querying);
    const ferry_host_info host{sizeof host, FERRY_ABI_MAJOR, FERRY_ABI_MINOR, to_abi(version())};
    ferry_error error = empty_error();
    const ferry_plugin* table = nullptr;
    try {
        table = entry(&host, &error);
    } catch (const std::exception& e) {
        return "its ferry_plugin_query threw an exception: " + printable(e.what());
    } catch (...) {
        return "its ferry_plugin_query threw an exception";
    }
    if (!table)
        return refusal(error);
    if (stage)
        stage(LoadStage::reading_table);
    if (auto reason = check_table(*table))
        return *reason;
    return table;
}

QueryResult query_library(const std::string& path, const std::function<void(LoadStage)>& stage) {
    if (stage)
        stage(LoadStage::loading);
    // Never closed: a library that used TBB crashes at exit once unloaded, and tables must outlive every task.
    void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return "the file cannot be loaded: " + last_dl_error();
    void* symbol = ::dlsym(library, FERRY_QUERY_SYMBOL);
    if (!symbol)
        return std::string("it is no ferry plugin: it does not export " FERRY_QUERY_SYMBOL);
    return query_entry(reinterpret_cast<ferry_plugin_query_fn>(symbol), stage);
}

} // namespace ferry
