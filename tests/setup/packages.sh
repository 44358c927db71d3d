#!/usr/bin/env bash
# Installs the Debian packages named for each purpose that are not there yet: packages.sh build|test|fuzz|example...
# Asks nothing when all are there; else needs root or sudo.
set -euo pipefail

build="g++ cmake ninja-build ccache ca-certificates libpoco-dev libtbb-dev libboost-program-options-dev libssl-dev
  libvalijson-dev doctest-dev"
test="openssl curl git clang-format fish procps tmux valgrind zsh"
fuzz="clang-14 libclang-rt-14-dev"
example="bowtie2 samtools bcftools curl"

wanted=
for purpose in "$@"; do
  case $purpose in
    build) wanted+=" $build" ;;
    test) wanted+=" $test" ;;
    fuzz) wanted+=" $fuzz" ;;
    example) wanted+=" $example" ;;
    *) echo "packages.sh: unknown purpose '$purpose'; allowed: build, test, fuzz, example" >&2; exit 2 ;;
  esac
done

missing=()
for package in $wanted; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing; install them as root, or install sudo: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "Installing: ${missing[*]}" >&2
"${as_root[@]}" apt-get update -qq >&2 || true # a foreign entry that fails is no reason to stop
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
