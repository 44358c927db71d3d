/* The ABI header alone, as strict C11, with its layout frozen: a change of any number here is a change of the ABI. */
#include "ferry_plugin.h"

#if UINTPTR_MAX == UINT64_MAX
#define LAYOUT(type, field, offset) _Static_assert(offsetof(type, field) == (offset), #type "." #field " has moved")
#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type " has another size")
#include "layout.inc"
#endif

typedef int iso_c_forbids_an_empty_unit;
