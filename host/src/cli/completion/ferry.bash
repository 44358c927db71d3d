# Completion of ferry's command line for bash. It asks ferry itself, which knows its commands and options, the tasks of
# its plugins with theirs, and the steps and variables of the workflow that is named.

# bash splits words at = and : while it completes; here they are put together again as they were typed, up to the
# cursor, without quotes.
__ferry_words() {
    local rest=${COMP_LINE:0:COMP_POINT} piece i
    ferry_words=()
    for ((i = 0; i <= COMP_CWORD; ++i)); do
        if [[ $rest == [[:blank:]]* || $i -eq 0 ]]; then
            rest=${rest#"${rest%%[![:blank:]]*}"}
            ferry_words+=("")
        fi
        piece=${COMP_WORDS[i]:0:${#rest}}
        ferry_words[-1]+=$piece
        rest=${rest:${#piece}}
    done
    ferry_quoted=
    [[ ${ferry_words[-1]} == [\'\"]* ]] && ferry_quoted=yes
    for i in "${!ferry_words[@]}"; do
        piece=${ferry_words[i]}
        case $piece in
            \'*) piece=${piece#\'} piece=${piece%\'} ;;
            \"*) piece=${piece#\"} piece=${piece%\"} ;;
        esac
        ferry_words[i]=${piece//\\/}
    done
}

_ferry() {
    local ferry_words ferry_quoted kind kept word about current breaks strip=
    COMPREPLY=()
    __ferry_words
    current=${ferry_words[-1]}
    # What bash has split off already stays as it is.
    breaks=${COMP_WORDBREAKS//[^=:]/}
    [[ -z $ferry_quoted && -n $breaks && $current == *["$breaks"]* ]] && strip=${current%"${current##*["$breaks"]}"}
    {
        IFS=$'\t' read -r kind kept || return 0
        case $kind in
            files | folders)
                local action=-f
                [[ $kind == folders ]] && action=-d
                while IFS= read -r word; do
                    word=$kept$word
                    COMPREPLY+=("${word#"$strip"}")
                done < <(compgen "$action" -- "${current#"$kept"}")
                compopt -o filenames 2> /dev/null
                ;;
            words | open-words)
                while IFS=$'\t' read -r word about; do
                    COMPREPLY+=("${word#"$strip"}")
                done
                [[ $kind == open-words ]] && compopt -o nospace 2> /dev/null
                ;;
        esac
    } < <("${ferry_words[0]/#\~\//$HOME/}" __complete "${ferry_words[@]:1}" 2> /dev/null < /dev/null)
    return 0
}

complete -F _ferry ferry
