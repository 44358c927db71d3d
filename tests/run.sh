#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test.
#   tests/run.sh [--sanitize address|thread] [--only REGEX]
# --sanitize builds with that sanitizer (address includes undefined behaviour) in a folder of its own.
# --only runs the tests whose names match.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

sanitize=
only=
while [ $# -gt 0 ]; do
  case $1 in
    --sanitize) sanitize=${2:-}; shift 2 || { echo "tests/run.sh: --sanitize needs address or thread" >&2; exit 2; } ;;
    --only) only=${2:-}; shift 2 || { echo "tests/run.sh: --only needs a regular expression" >&2; exit 2; } ;;
    -h | --help) sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "tests/run.sh: unknown option '$1'; allowed: --sanitize address|thread, --only REGEX" >&2; exit 2 ;;
  esac
done

tests/setup/packages.sh build test
options=(-DFERRY_TESTS=ON)
case $sanitize in
  "") build=build; options+=(-DCMAKE_UNITY_BUILD=OFF) ;;
  address) build=build-address; options+=(-DFERRY_SANITIZE=address -DCMAKE_BUILD_TYPE=RelWithDebInfo) ;;
  thread)
    build=build-thread
    options+=(-DFERRY_SANITIZE=thread "-DTBB_DIR=$(tests/setup/tsan_tbb.sh)") ;;
  *) echo "tests/run.sh: --sanitize is '$sanitize'; allowed: address, thread" >&2; exit 2 ;;
esac

# Sanitizers are slow to compile for; and this keeps the sources fit for it, as the quickstart builds so too.
[ -z "$sanitize" ] || options+=(-DCMAKE_UNITY_BUILD=ON)

export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=second_deadlock_stack=1

cmake -S . -B "$build" -G Ninja "${options[@]}"
cmake --build "$build"
ctest --test-dir "$build" --output-on-failure --no-tests=error --parallel "$(nproc)" ${only:+-R "$only"}
