#!/usr/bin/env bash
# Completion in fish: fish.sh FERRY.
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/common.sh"
ferry completion fish > ferry.completion

# offers WANTED LINE: what TAB offers at the end of the line, without the descriptions.
offers() {
  expect "$2" "$(LINE=$2 fish --no-config -c 'source ferry.completion; complete -C "$LINE"' | cut -f1 | paste -sd' ')" "$1"
}

offers 'run' 'ferry ru'
offers 'bash fish zsh' 'ferry completion '
offers 'w.json' 'ferry run w'
offers '--progress' 'ferry run w.json --prog'
offers 'auto bar none plain' 'ferry run w.json --progress '
offers '--progress=plain' 'ferry run w.json --progress=p'
offers 'align publish' 'ferry run w.json --from '
offers 'project= sample=' 'ferry run w.json --var '
offers 'samples.csv' 'ferry batch w.json --manifest sam'
offers 'results/' 'ferry run w.json --state-dir r'
offers 'upload uploads-abort uploads-list upload-verify' 'ferry task upl'
offers 'conflict=' 'ferry task upload --set conf'
offers 'conflict=fail conflict=overwrite conflict=rename conflict=skip' 'ferry task upload --set conflict='
offers 'manifest=samples.csv' 'ferry task upload --set manifest=s'
offers '' 'ferry run missing.json --from '
at_the_end
