# Fails unless the library shows exactly the one symbol. NM, LIBRARY.
execute_process(COMMAND ${NM} --dynamic --defined-only --format=posix ${LIBRARY}
  OUTPUT_VARIABLE symbols RESULT_VARIABLE result)
string(REGEX REPLACE "\n$" "" symbols "${symbols}")
if(NOT result EQUAL 0 OR NOT symbols MATCHES "^ferry_plugin_query T [^\n]*$")
  message(FATAL_ERROR "${LIBRARY} shows:\n${symbols}\ninstead of ferry_plugin_query alone")
endif()
