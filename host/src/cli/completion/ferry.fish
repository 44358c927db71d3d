# Completion of ferry's command line for fish. It asks ferry itself, which knows its commands and options, the tasks of
# its plugins with theirs, and the steps and variables of the workflow that is named.

function __ferry_complete
    set -l words (commandline -opc)
    set -l ferry (string replace -r '^~/' "$HOME/" -- $words[1])
    set -l current (commandline -ct | string unescape 2> /dev/null)
    set -l lines ($ferry __complete $words[2..-1] "$current" 2> /dev/null < /dev/null)
    set -l head (string split -m 1 \t -- $lines[1])
    set -e lines[1]
    switch "$head[1]"
        case words open-words
            string join -- \n $lines
        case files
            __fish_complete_path (string sub -s (math (string length -- "$head[2]") + 1) -- "$current") |
                string replace -r '^' -- "$head[2]"
        case folders
            __fish_complete_directories (string sub -s (math (string length -- "$head[2]") + 1) -- "$current") '' |
                string replace -r '^' -- "$head[2]"
    end
end

complete -c ferry -f -a '(__ferry_complete)'
