#!/usr/bin/env bash
# Runs the rows of a manifest as a Slurm job array, each task its part of them:
#   sbatch --array=1-4 examples/batch/slurm.sh count-and-upload.json rows.csv
# The same line again goes on where the array was cut off: what is done is left out, and failed rows are run again.
# Further words are passed on to ferry. An array without gaps is needed, as each task takes every 4th row (--array=1-4).
#SBATCH --job-name=ferry-batch
#SBATCH --cpus-per-task=2
#SBATCH --mem=1G
#SBATCH --time=12:00:00
#SBATCH --signal=B:TERM@120
#SBATCH --output=ferry-batch.%A_%a.log
set -euo pipefail
workflow=$1
manifest=$2

# exec, so that the signal before the time limit reaches ferry itself: its rows then end in order and can be gone on with.
# The state directory is shared by the tasks; each keeps a joblog of its own in it, and writes
# outputs of its own: outputs.1-of-4.ndjson and so on.
exec ferry batch "$workflow" --manifest "$manifest" --shard slurm --jobs "${SLURM_CPUS_PER_TASK:-2}" \
  --resume-failed --outputs outputs.ndjson "${@:3}"
