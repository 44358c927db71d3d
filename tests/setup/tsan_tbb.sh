#!/usr/bin/env bash
# Builds Debian's oneTBB with the thread sanitizer and prints the folder of its CMake package.
# Debian's own libtbb12 is not instrumented: the sanitizer then sees false races, and a suppression would hide real ones.
# The result is cached by the version of the source package; a second call only prints the folder.
set -euo pipefail

cache=${FERRY_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/ferry}
version=$(dpkg-query -W -f '${source:Version}' libtbb-dev)
compiler=$(c++ -dumpfullversion)
prefix=$cache/onetbb-tsan-${version//[^A-Za-z0-9.+-]/_}-gcc$compiler
if [ -e "$prefix/done" ]; then
  echo "$prefix/lib/cmake/TBB"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The machine's own apt entries, asked for sources, in a scratch folder: the machine's configuration stays as it is.
copy_apt_entries() {
  mkdir -p "$work/apt/parts" "$work/apt/lists/partial" "$work/apt/cache/archives/partial"
  : > "$work/apt/sources.list"
  [ -e /etc/apt/sources.list ] && sed -E 's/^deb([[:space:]])/deb-src\1/' /etc/apt/sources.list > "$work/apt/sources.list"
  local file
  for file in /etc/apt/sources.list.d/*; do
    case $file in
      *.list) sed -E 's/^deb([[:space:]])/deb-src\1/' "$file" > "$work/apt/parts/${file##*/}" ;;
      *.sources) sed -E 's/^Types:.*/Types: deb-src/' "$file" > "$work/apt/parts/${file##*/}" ;;
    esac
  done
}

apt_scratch() {
  apt-get -o Dir::Etc::sourcelist="$work/apt/sources.list" -o Dir::Etc::sourceparts="$work/apt/parts" \
    -o Dir::State::lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache" -o APT::Sandbox::User=root \
    -o Acquire::Languages=none "$@"
}

build() {
  copy_apt_entries
  apt_scratch update >&2 || true # an entry without sources fails; the one that has onetbb is enough
  (cd "$work" && apt_scratch source --download-only -y "onetbb=$version" >&2)
  mkdir "$work/source" "$work/build"
  tar -xf "$work"/onetbb_*.orig.tar.* -C "$work/source" --strip-components=1
  cmake -S "$work/source" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DTBB_TEST=OFF -DTBB_STRICT=OFF \
    -DTBBMALLOC_BUILD=OFF -DTBB_DISABLE_HWLOC_AUTOMATIC_SEARCH=ON -DTBB_SANITIZE=thread \
    -DCMAKE_CXX_FLAGS=-Wno-tsan -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_INSTALL_PREFIX="$prefix" >&2
  ninja -C "$work/build" install >&2
  touch "$prefix/done"
}

build
echo "$prefix/lib/cmake/TBB"
