# Writes OUTPUT, a C++ file that holds the completion scripts of FOLDER: ferry::completion_script().
file(READ ${FOLDER}/ferry.bash bash)
file(READ ${FOLDER}/ferry.zsh zsh)
file(READ ${FOLDER}/ferry.fish fish)
file(WRITE ${OUTPUT}
"#include \"cli/completion_scripts.hpp\"
std::string_view ferry::completion_script(std::string_view shell) {
    if (shell == \"bash\")
        return R\"ferry~(${bash})ferry~\";
    if (shell == \"zsh\")
        return R\"ferry~(${zsh})ferry~\";
    return R\"ferry~(${fish})ferry~\";
}
")
