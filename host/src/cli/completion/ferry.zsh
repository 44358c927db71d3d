#compdef ferry
# Completion of ferry's command line for zsh. It asks ferry itself, which knows its commands and options, the tasks of
# its plugins with theirs, and the steps and variables of the workflow that is named.

_ferry() {
    local -a lines asked described open
    local line kind kept
    asked=("${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")
    lines=("${(@f)$(${(Q)words[1]/#\~\//$HOME/} __complete "${asked[@]}" 2> /dev/null < /dev/null)}")
    kind=${lines[1]%%$'\t'*}
    kept=${lines[1]#*$'\t'}
    shift lines
    case $kind in
        files | folders)
            [[ -n $kept ]] && compset -P "${(b)kept}"
            if [[ $kind == folders ]]; then _files -/; else _files; fi
            ;;
        words | open-words)
            for line in "${lines[@]}"; do
                [[ -n $line ]] && described+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
            done
            [[ $kind == open-words ]] && open=(-S '')
            (( ${#described} )) && _describe -t words 'word' described "${open[@]}"
            ;;
    esac
}

if [[ ${funcstack[1]} == _ferry ]]; then
    _ferry "$@" # loaded from $fpath at the first use
else
    compdef _ferry ferry
fi
