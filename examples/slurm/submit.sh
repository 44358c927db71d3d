#!/usr/bin/env bash
# Two jobs of one workflow: its analysis on the compute nodes, then its upload on the transfer partition, which has the
# line to the outside. The second job starts once the first has succeeded, finds what that one has made by its record in
# the state directory, and runs the upload alone.
#
#   submit.sh WORKFLOW.json ANALYSIS-STEP UPLOAD-STEP [options of ferry run]
#   submit.sh workflow.json sort publish --var sample=NA12878
#
# COMPUTE and TRANSFER hold further options for the two sbatch calls. Call it in the folder where the analysis shall run:
# both jobs run there, with the same options, and must see the same files and the same --state-dir.
set -euo pipefail
[ $# -ge 3 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
workflow=$1 analysis=$2 upload=$3
shift 3
read -ra compute <<< "${COMPUTE:---cpus-per-task=8 --time=12:00:00}"
read -ra transfer <<< "${TRANSFER:---partition=transfer --cpus-per-task=2 --time=24:00:00}"

# What is wrong with the workflow or its variables is told now, and not when the job starts in the night.
variables=()
for ((i = 1; i <= $#; ++i)); do
  case ${!i} in
    --var) next=$((i + 1)) variables+=(--var "${!next}") ;;
    --var=*) variables+=("${!i}") ;;
  esac
done
ferry validate "$workflow" "${variables[@]}"

job() { # STEP OPTION...: exec, so that Slurm's signals reach ferry itself
  local words=(ferry run "$workflow" --only "$@")
  echo "exec ${words[*]@Q}"
}
first=$(sbatch --parsable --job-name="$analysis" "${compute[@]}" --wrap "$(job "$analysis" "$@")")
second=$(sbatch --parsable --job-name="$upload" --dependency="afterok:${first%%;*}" --kill-on-invalid-dep=yes \
  "${transfer[@]}" --wrap "$(job "$upload" "$@")")
echo "submitted: $analysis as job ${first%%;*}, $upload as job ${second%%;*}"
