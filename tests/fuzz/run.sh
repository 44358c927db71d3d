#!/usr/bin/env bash
# Installs what is missing, builds the fuzz targets with clang, and runs each on its corpus and then on what libFuzzer
# makes of it. Fails on any finding, and says which input it was and how to replay it.
#   tests/fuzz/run.sh [--seconds N] [--grow] [TARGET...]
# --seconds: how long each target looks for new inputs (20).
# --grow: adds to tests/fuzz/corpus, as few and small as can be, what reached code that no input there did.
# A finding goes into tests/fuzz/corpus/TARGET under a telling name, with the fix: it is then a test of every build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds=20
grow=
targets=()
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=${2:-}; shift 2 || { echo "tests/fuzz/run.sh: --seconds needs a number" >&2; exit 2; } ;;
    --grow) grow=1; shift ;;
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    -*) echo "tests/fuzz/run.sh: unknown option '$1'; allowed: --seconds N, --grow" >&2; exit 2 ;;
    *) targets+=("$1"); shift ;;
  esac
done
[[ $seconds =~ ^[1-9][0-9]*$ ]] || { echo "tests/fuzz/run.sh: --seconds is '$seconds'; allowed: 1 or more" >&2; exit 2; }

build=build-fuzz
tests/setup/packages.sh build fuzz
cmake -S . -B $build -G Ninja -DFERRY_FUZZ=ON -DFERRY_TESTS=OFF -DCMAKE_UNITY_BUILD=ON \
  -DCMAKE_C_COMPILER=clang-14 -DCMAKE_CXX_COMPILER=clang++-14
cmake --build $build --target fuzz
if [ ${#targets[@]} -eq 0 ]; then
  for corpus in tests/fuzz/corpus/*; do targets+=("${corpus##*/}"); done
fi

export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1
work=$PWD/$build/fuzz/work
rm -rf "$work"
mkdir -p "$work/findings"

# The corpus in the tree is only read; what is new goes to a folder of this run.
fuzz_one() {
  local name=$1 program=$build/fuzz/fuzz_$1 corpus=tests/fuzz/corpus/$1 log=$work/$1.log finding
  mkdir -p "$work/$name"
  local limits=(-timeout=10 -rss_limit_mb=2560 -max_len=4096 "-artifact_prefix=$work/findings/$name-")
  if "$program" "${limits[@]}" "$corpus"/* > "$log" 2>&1 &&
    "$program" "${limits[@]}" -max_total_time="$seconds" "$work/$name" "$corpus" > "$log" 2>&1; then
    echo "$name: nothing found in $(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$log") runs"
    [ -z "$grow" ] || "$program" -merge=1 -use_counters=0 "$corpus" "$work/$name" > "$log" 2>&1
    return
  fi
  tail -n 40 "$log"
  finding=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
  [ -n "$finding" ] || finding=$(sed -n 's/^Running: //p' "$log" | tail -n 1)
  printf '\n%s: FOUND %s\nreplay it with: %s %s\n\n' "$name" "$finding" "$build/fuzz/fuzz_$name" "$finding"
  return 1
}
export -f fuzz_one
export build seconds grow work
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -euc 'fuzz_one {}' || exit 1
