#!/usr/bin/env bash
# Ferry's main job, from nothing: installs what is missing, builds, starts the local platform, aligns real reads of the
# phage lambda, uploads the results in parts, and compares every stored file with the local one.
# Runs as root or with sudo; may be run again; the server that it starts ends with it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
top=$PWD
scratch=$top/build/quickstart
project=me/my-project

say() { printf '\n== %s\n' "$*"; }
die() { printf 'quickstart: %s\n' "$*" >&2; exit 1; }

server=
end_server() {
  [ -n "$server" ] || return 0
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}
trap end_server EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

build_ferry() {
  say "Installing what is missing and building"
  tests/setup/packages.sh build example
  local fresh=()
  [ -e build/CMakeCache.txt ] || fresh=(-DCMAKE_UNITY_BUILD=ON)
  cmake -S . -B build -G Ninja -DFERRY_TESTS=ON "${fresh[@]}" > "$scratch/cmake.log" 2>&1 || { cat "$scratch/cmake.log" >&2; die "cmake failed"; }
  cmake --build build --target ferry upload_plugin ferry-local-platform
}

# Debian ships the genome and the reads as documentation, which container images drop: unpack the package by hand.
fetch_reads() {
  local data=$scratch/data
  [ -e "$data/done" ] && return 0
  say "Fetching the phage lambda genome and its reads (Debian's bowtie2-examples)"
  rm -rf "$data"
  mkdir -p "$data"
  (cd "$data" && apt-get -qq -o APT::Sandbox::User=root download bowtie2-examples >&2) ||
    die "cannot fetch the package bowtie2-examples; check the network and run 'apt-get update' as root"
  dpkg-deb -x "$data"/bowtie2-examples_*.deb "$data/package"
  local from=$data/package/usr/share/doc/bowtie2/examples
  gzip -dc "$from/reference/lambda_virus.fa.gz" > "$data/lambda_virus.fa"
  cp "$from/reads/reads_1.fq.gz" "$from/reads/reads_2.fq.gz" "$data"
  touch "$data/done"
}

field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$scratch/platform.json"; }

start_platform() {
  say "Starting the local platform"
  rm -rf "$scratch/platform" "$scratch/platform.json"
  build/bin/ferry-local-platform --root "$scratch/platform" --project "$project" > "$scratch/platform.json" &
  server=$!
  local tries
  for ((tries = 0; tries < 100; ++tries)); do
    [ -s "$scratch/platform.json" ] && break
    kill -0 "$server" 2>/dev/null || die "the local platform did not start"
    sleep 0.1
  done
  SB_API_ENDPOINT=$(field api)
  SB_AUTH_TOKEN=$(field token)
  export SB_API_ENDPOINT SB_AUTH_TOKEN
  echo "API at $SB_API_ENDPOINT, object storage at $(field storage)"
}

run_workflow() {
  say "Running examples/align-and-upload.json"
  rm -rf "$scratch/work"
  mkdir -p "$scratch/work"
  (cd "$scratch/work" && "$top/build/bin/ferry" run "$top/examples/align-and-upload.json" --outputs outputs.json \
    --var project="$project" --var genome="$scratch/data/lambda_virus.fa" \
    --var reads1="$scratch/data/reads_1.fq.gz" --var reads2="$scratch/data/reads_2.fq.gz" > result.json)
}

compare() {
  say "Comparing what is stored with what was sent"
  local file name sent stored
  for file in "$scratch"/work/lambda.{bam,bam.bai,vcf,sam}; do
    name=${file##*/}
    sent=$(sha256sum < "$file")
    stored=$(sha256sum < "$scratch/platform/projects/$project/$name")
    [ "$sent" = "$stored" ] || die "$name is stored with other bytes than were sent"
    printf '%-16s %10s bytes  sha256 %.16s...  the same\n' "$name" "$(stat -c %s "$file")" "$sent"
  done
  printf 'handed on to the next step: %s\n' "$(cat "$scratch/work/uploaded.txt")"
}

mkdir -p "$scratch"
build_ferry
fetch_reads
start_platform
run_workflow
compare
say "Done. The results are in ${scratch#"$top"/}/work; outputs.json there is what ferry reported."
