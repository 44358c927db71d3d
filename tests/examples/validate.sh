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
"$2" validate "$1/batch/count-and-upload.json" --manifest "$1/batch/rows.csv" --state-dir "$scratch/state"
# The Slurm script, as the second task of two.
printf 'r\n' | tee "$scratch"/{tumor,normal}_{1,2}.fq > /dev/null
mkdir "$scratch/bin"
ln -s "$(realpath "$2")" "$scratch/bin/ferry"
batch=$(realpath "$1")/batch
cd "$scratch"
PATH=$scratch/bin:$PATH SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=2 SLURM_ARRAY_TASK_COUNT=2 \
  "$batch/slurm.sh" "$batch/count-and-upload.json" "$batch/rows.csv" --dry-run > planned
grep -q '^row 2: ferry run .*sample=normal' planned
! grep -q '^row 1:' planned
