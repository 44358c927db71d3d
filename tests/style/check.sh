#!/usr/bin/env bash
# What the compiler does not see: formatting, the size of files and functions, and what must not be in the tree.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

mapfile -t code < <(find host plugin schemas tests examples -regex '.*\.\(cpp\|hpp\|c\|h\)' | sort)
failed=0
tell() { printf '%s\n' "$1"; failed=1; }

for file in "${code[@]}"; do
  clang-format --dry-run -Werror "$file" 2> /dev/null || tell "$file is not as clang-format would have it"
done

for file in "${code[@]}"; do
  lines=$(wc -l < "$file")
  [ "$lines" -le 400 ] || tell "$file has $lines lines; 400 are allowed"
done

# A function of clang-formatted code: from the line at the margin that opens a brace to the brace at the margin.
awk 'FNR == 1 { open = 0 }
  /^[A-Za-z].*[^;]$/ && /\{$/ && !/^(namespace|class|struct|enum|extern|union)/ { open = FNR; name = $0 }
  /^}/ && open { if (FNR - open > 60) { print FILENAME ":" open ": " FNR - open " lines, 60 are allowed: " name; bad = 1 }; open = 0 }
  END { exit bad }' "${code[@]}" || failed=1

# The layers: the host knows no engine, the engine knows no plugin ABI, only http/ knows POCO Net.
while IFS= read -r header; do
  [ ! -e "plugin/engine/$header" ] && [ ! -e "plugin/adapter/$header" ] && [ ! -e "plugin/$header" ] ||
    tell "the host includes $header, which is the plugin's"
done < <(grep -rhoE '#include "[^"]+"' host/src | cut -d'"' -f2 | sort -u)
! grep -rn 'ferry_plugin.h' plugin/engine || tell "the engine includes the plugin ABI"
! grep -rln '#include <Poco/Net' plugin host | grep -v '^plugin/engine/http/' ||
  tell "POCO Net is included outside plugin/engine/http"

exit $failed
