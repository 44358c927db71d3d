# Sourced with the program ferry as $1: a folder to type in, with ferry in the PATH.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PATH=$(dirname "$(realpath "$1")"):$PATH HOME=$scratch TERM=dumb LC_ALL=C.UTF-8
unset FERRY_PLUGIN_PATH
cd "$scratch"
mkdir results
touch samples.csv
cat > w.json << 'JSON'
{ "name": "w", "vars": { "sample": null, "project": "me/p", "$(touch hacked)": 1 },
  "steps": [ { "id": "align", "task": "command", "with": { "command": ["touch", "ran"] } },
             { "id": "publish", "task": "upload", "needs": ["align"], "with": {} },
             { "id": "`touch hacked`", "task": "command" } ] }
JSON
failed=0
# expect WHAT FOUND WANTED
expect() {
  [ "$2" = "$3" ] && return
  printf '%s\n  offers: %s\n  wanted: %s\n' "$1" "$2" "$3"
  failed=1
}
at_the_end() {
  [ ! -e hacked ] && [ ! -e ran ] && [ ! -e .ferry ] || { echo "something was run"; failed=1; }
  exit $failed
}
