#!/usr/bin/env bash
# Checks every example workflow with `ferry validate`, all its required variables set: validate.sh EXAMPLES FERRY.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export SB_API_ENDPOINT=http://127.0.0.1:1/v2 SB_AUTH_TOKEN=token HOME=$scratch
found=0
for workflow in "$1"/*.json; do
  arguments=(validate "$workflow" --state-dir "$scratch/state")
  for name in $(grep -o '"[a-z0-9_]*": null' "$workflow" | cut -d'"' -f2); do
    arguments+=(--var "$name=x")
  done
  "$2" "${arguments[@]}"
  found=$((found + 1))
done
[ "$found" -gt 0 ]
