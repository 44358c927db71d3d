# Writes a C++ file that holds INPUT as text: ferry::schemas::NAME().
file(READ ${INPUT} text)
file(WRITE ${OUTPUT}
"#include \"schemas.hpp\"
std::string_view ferry::schemas::${NAME}() { return R\"ferry~(${text})ferry~\"; }
")
