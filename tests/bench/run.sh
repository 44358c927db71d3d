#!/usr/bin/env bash
# Measures uploads beside curl's, and batches, on this machine alone, and prints one table. Takes about half an hour.
#   tests/bench/run.sh [--pairs N] [--gib N] [--only TEXT] [--quick]
# --pairs N is the number of runs of each for a row (11), --gib N the size of the large files (2), --only TEXT takes the
# rows whose names hold it, --quick only shows that all works.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

case ${1:-} in
  -h | --help) sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
esac

tests/setup/packages.sh build test
cmake -S . -B build-bench -G Ninja -DFERRY_TESTS=ON -DCMAKE_BUILD_TYPE=Release >&2
cmake --build build-bench --target ferry_bench >&2

processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)
curl=$(curl --version | awk 'NR == 1 { print $2 }')
openssl=$(openssl version | awk '{ print $2 }')
echo "${processor:-$(uname -m)}, $(nproc) cores, Linux $(uname -r), curl $curl, OpenSSL $openssl, load $(cut -d ' ' -f 1 /proc/loadavg)"
echo
exec build-bench/tests/ferry_bench "$@"
