// A plugin's table with its open() context.
#pragma once

#include "plugins/task_registry.hpp"

#include <mutex>

namespace ferry {

// Calls open() at the first use, at most once, and close() with its own end if open() succeeded: tasks hold the handle,
// so that is after the last destroy(). `table` must have passed check_table().
class TableHandle : public PluginHandle {
  public:
    explicit TableHandle(const ferry_plugin& table) : table_(table) {}
    ~TableHandle() override;
    TableHandle(const TableHandle&) = delete;
    TableHandle& operator=(const TableHandle&) = delete;

    const ferry_plugin& table() const override { return table_; }
    int32_t context(void** context, ferry_error& error) override;

  private:
    void open();

    const ferry_plugin& table_;
    std::once_flag once_;
    int32_t code_ = FERRY_FAILED;
    ferry_error error_{};
    void* context_ = nullptr;
};

} // namespace ferry
