#!/usr/bin/env bash
# The long forms of the proof, which no test run has the time for.
#   tests/proof/long.sh [--build DIR] [--kills N] [--operations N] [--seed S]
# DIR is a folder that tests/run.sh has built, with a sanitizer or without.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

build=build
kills=500
operations=20000
seed=$RANDOM
while [ $# -gt 0 ]; do
  case $1 in
    --build) build=$2; shift 2 ;;
    --kills) kills=$2; shift 2 ;;
    --operations) operations=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    -h | --help) sed -n '2,4s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "tests/proof/long.sh: unknown option '$1'; allowed: --build, --kills, --operations, --seed" >&2; exit 2 ;;
  esac
done

export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=second_deadlock_stack=1:suppressions=$PWD/tests/setup/tsan.supp

cmake --build "$build" -j2 --target proof_rounds proof_test
failed=0
"$build/tests/proof_rounds" kill --kills "$kills" --seed "$seed" || failed=1
"$build/tests/proof_rounds" storm --operations "$operations" --seed "$seed" || failed=1
"$build/tests/proof_test" --no-skip --test-case="long:*" || failed=1
exit $failed
