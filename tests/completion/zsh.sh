#!/usr/bin/env bash
# Completion in zsh: zsh.sh FERRY. Keys are typed into a zsh that talks to a terminal.
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/common.sh"

# becomes WANTED KEYS: the words of the line once the keys are typed; it is printed in the place of being run.
becomes() {
  rm -f got
  printf '%s\n' "$setup" "$2"$'\001printf "<%s>" \005 > got' exit |
    script -qec 'zsh -f -i' /dev/null > .session 2>&1 || { cat .session; failed=1; }
  expect "$2" "$(cat got 2> /dev/null || cat .session)" "$1"
}

start='unsetopt beep auto_menu auto_list; autoload -Uz compinit; compinit -D -u'
setup="$start; source <(ferry completion zsh)"
becomes '<ferry><run><w.json><--progress><plain><--var><sample=x><--from><publish>' \
  $'ferry ru\tw.j\t--prog\tpl\t--var sam\tx --from pub\t'
becomes '<ferry><task><upload><--set><conflict=skip><--set><manifest=samples.csv>' \
  $'ferry task upload --set conf\ts\t--set manif\ts\t'
becomes '<ferry><run><w.json><--progress=plain><--state-dir><results>' \
  $'ferry run w.json --progress=p\t--state-dir r\t'
becomes '<ferry><run><missing.json><--from>' $'ferry run missing.json --from \t'

# As it is installed.
mkdir functions
ferry completion zsh > functions/_ferry
setup="fpath=($scratch/functions \$fpath); $start"
becomes '<ferry><completion><bash>' $'ferry comp\tb\t'
at_the_end
