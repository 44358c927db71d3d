#!/usr/bin/env bash
# Completion in bash: bash.sh FERRY.
source "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/common.sh"
source <(ferry completion bash)
compopt() { :; } # bash has it only while it completes

# offers WANTED LINE WORD...: what TAB offers at the end of LINE, which bash splits into these words.
offers() {
  local wanted=$1 COMPREPLY=()
  COMP_LINE=$2
  COMP_POINT=${#COMP_LINE}
  shift 2
  COMP_WORDS=("$@")
  COMP_CWORD=$(($# - 1))
  _ferry
  expect "$COMP_LINE" "${COMPREPLY[*]}" "$wanted"
}

offers 'run' 'ferry ru' ferry ru
offers 'bash zsh fish' 'ferry completion ' ferry completion ''
offers 'w.json' 'ferry run w' ferry run w
offers '--progress' 'ferry run w.json --prog' ferry run w.json --prog
offers 'auto bar plain none' 'ferry run w.json --progress ' ferry run w.json --progress ''
offers 'plain' 'ferry run w.json --progress=p' ferry run w.json --progress = p
offers 'auto bar plain none' 'ferry run w.json --progress=' ferry run w.json --progress =
offers 'align publish' 'ferry run w.json --from ' ferry run w.json --from ''
offers 'sample= project=' 'ferry run w.json --var ' ferry run w.json --var ''
offers 'project=' 'ferry run w.json --var sample=x --var ' ferry run w.json --var sample = x --var ''
offers 'samples.csv' 'ferry run w.json --var sample=sam' ferry run w.json --var sample = sam
offers 'samples.csv' 'ferry batch w.json --manifest sam' ferry batch w.json --manifest sam
offers 'results' 'ferry run w.json --state-dir r' ferry run w.json --state-dir r
offers 'upload upload-verify uploads-abort uploads-list' 'ferry task upl' ferry task upl
offers 'conflict=' 'ferry task upload --set conf' ferry task upload --set conf
offers 'fail skip overwrite rename' 'ferry task upload --set conflict=' ferry task upload --set conflict =
offers 'skip' 'ferry task upload --set conflict=s' ferry task upload --set conflict = s
offers 'conflict=skip' "ferry task upload --set 'conflict=s" ferry task upload --set "'conflict=s"
offers 'samples.csv' 'ferry task upload --set manifest=s' ferry task upload --set manifest = s
offers 'manifest=samples.csv' 'ferry task upload --set "manifest=s' ferry task upload --set '"manifest=s'
offers '' 'ferry run missing.json --from ' ferry run missing.json --from ''
offers '' 'no-such-program ru' no-such-program ru
COMP_WORDBREAKS=${COMP_WORDBREAKS//=/}
offers '--progress=plain' 'ferry run w.json --progress=p' ferry run w.json --progress=p
offers 'manifest=samples.csv' 'ferry task upload --set manifest=s' ferry task upload --set manifest=s

# Up to the cursor, not to the end of the line.
COMP_LINE='ferry ru w.json' COMP_POINT=8 COMP_WORDS=(ferry ru w.json) COMP_CWORD=1 COMPREPLY=()
_ferry
expect 'in the middle' "${COMPREPLY[*]}" run

# Keys typed into a bash that talks to a terminal; in the end the line is printed in the place of being run.
printf '%s\n' 'source <(ferry completion bash)' \
  $'ferry run w.j\t --prog\tpl\t --var sam\tx --from pub\t\001printf "<%s>" \005 > got' exit |
  script -qec 'bash --norc --noprofile -i' /dev/null > .session 2>&1 || { cat .session; failed=1; }
expect 'keys' "$(cat got)" '<ferry><run><w.json><--progress><plain><--var><sample=x><--from><publish>'
at_the_end
