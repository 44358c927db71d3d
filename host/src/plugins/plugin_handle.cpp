#include "plugins/plugin_handle.hpp"

#include "plugins/error_text.hpp"

#include <exception>

namespace ferry {

TableHandle::~TableHandle() {
    if (code_ != FERRY_OK || !FERRY_HAS(ferry_plugin, &table_, close) || !table_.close)
        return;
    try {
        table_.close(context_);
    } catch (...) { // forbidden by the ABI; nothing is left to be saved at this point
    }
}

void TableHandle::open() {
    error_ = empty_error();
    if (!FERRY_HAS(ferry_plugin, &table_, open) || !table_.open) {
        code_ = FERRY_OK;
        return;
    }
    try {
        code_ = table_.open(&context_, &error_);
    } catch (const std::exception& e) {
        code_ = FERRY_FAILED;
        set_error(&error_, code_, "plugin", std::string("open() of the plugin threw an exception: ") + e.what());
    } catch (...) {
        code_ = FERRY_FAILED;
        set_error(&error_, code_, "plugin", "open() of the plugin threw an exception");
    }
}

int32_t TableHandle::context(void** context, ferry_error& error) {
    std::call_once(once_, [this] { open(); });
    if (code_ == FERRY_OK)
        *context = context_;
    else
        error = error_;
    return code_;
}

} // namespace ferry
