// The same header and the same layout as C++20.
#include "ferry_plugin.h"

#include <type_traits>

#if UINTPTR_MAX == UINT64_MAX
#define LAYOUT(type, field, offset) static_assert(offsetof(type, field) == (offset), #type "." #field " has moved")
#define SIZE(type, size) static_assert(sizeof(type) == (size), #type " has another size")
#include "layout.inc"
#endif

static_assert(std::is_standard_layout_v<ferry_plugin> && std::is_trivially_copyable_v<ferry_plugin>);
static_assert(std::is_standard_layout_v<ferry_services> && std::is_trivially_copyable_v<ferry_services>);
static_assert(std::is_standard_layout_v<ferry_task_type> && std::is_trivially_copyable_v<ferry_task_type>);
