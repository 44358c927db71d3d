#include "plugins/plugin_loader.hpp"

#include "plugins/file_safety.hpp"
#include "plugins/handshake.hpp"
#include "plugins/plugin_handle.hpp"
#include "plugins/probe.hpp"

namespace ferry {

LoadedPlugin load_plugin(const std::string& path) {
    if (auto reason = unsafe_plugin_file(path))
        return *reason;
    if (auto reason = probe_plugin(path))
        return *reason;
    const QueryResult result = query_library(path);
    if (const auto* reason = std::get_if<std::string>(&result))
        return *reason;
    return std::make_shared<TableHandle>(*std::get<const ferry_plugin*>(result));
}

} // namespace ferry
