#include "error_report.hpp"
#include "tasks.hpp"

#include <string>

// The one symbol that leaves the library.
extern "C" __attribute__((visibility("default"))) const ferry_plugin* ferry_plugin_query(const ferry_host_info* host,
                                                                                         ferry_error* error) {
    using namespace ferry;
    const ferry_plugin* table = nullptr;
    guard(error, [&] {
        if (!host || !FERRY_HAS(ferry_host_info, host, FERRY_HOST_INFO_REQUIRED))
            return report_error(error, FERRY_UNSUPPORTED, "unsupported", "the host does not tell its version");
        if (host->abi_major != FERRY_ABI_MAJOR)
            return report_error(error, FERRY_UNSUPPORTED, "unsupported",
                                "this plugin was built for ABI " + std::to_string(FERRY_ABI_MAJOR) +
                                    ", the host has ABI " + std::to_string(host->abi_major) +
                                    "; use the plugin that came with this ferry");
        table = &upload_plugin_table();
        return static_cast<int32_t>(FERRY_OK);
    });
    return table;
}
