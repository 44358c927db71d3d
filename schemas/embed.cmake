# Resolves what a schema shares with others and embeds it: writes COMPOSED, the schema that is installed, and OUTPUT, a
# C++ file that holds it as text: ferry::schemas::NAME().
# { "$shared": "X" } stands for the object "X" of SHARED, whose members begin and end two spaces from the margin.
file(READ ${INPUT} text)
file(READ ${SHARED} shared)
string(REGEX MATCHALL "{ \"\\$shared\": \"[a-z_]+\" }" references "${text}")
foreach(reference IN LISTS references)
  string(REGEX REPLACE ".*: \"([a-z_]+)\" }" "\\1" name "${reference}")
  string(FIND "${shared}" "\n  \"${name}\": {\n" begin)
  if(begin EQUAL -1)
    message(FATAL_ERROR "${INPUT}: ${SHARED} has no \"${name}\"")
  endif()
  string(SUBSTRING "${shared}" ${begin} -1 member)
  string(FIND "${member}" "{" begin)
  string(FIND "${member}" "\n  }" end)
  math(EXPR size "${end} + 4 - ${begin}")
  string(SUBSTRING "${member}" ${begin} ${size} member)
  string(REPLACE "\n" "\n  " member "${member}")
  string(REPLACE "${reference}" "${member}" text "${text}")
endforeach()
file(WRITE ${COMPOSED} "${text}")
string(REPLACE "-" "_" function ${NAME})
file(WRITE ${OUTPUT}
"#include \"schemas.hpp\"
std::string_view ferry::schemas::${function}() { return R\"ferry~(${text})ferry~\"; }
")
