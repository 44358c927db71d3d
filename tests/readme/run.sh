#!/usr/bin/env bash
# Runs every command of a README's `sh` blocks in a scratch folder: run.sh README.md BUILD-DIR.
# A block behind `<!-- file: NAME -->` is a file to write; any other `json` or `ini` block is only shown.
# The two commands that set everything up are tests of their own (the quickstart, and this whole run).
set -euo pipefail
readme=$(realpath "$1")
build=$(realpath "$2")

scratch=$(mktemp -d)
jobs_end() {
  local job
  for job in $(jobs -p); do kill "$job" 2> /dev/null || true; done
  wait || true
  rm -rf "$scratch"
}
trap jobs_end EXIT
mkdir "$scratch/bin" "$scratch/here" "$scratch/home"
ln -s "$build"/bin/* "$scratch/bin/"
# In the place of Slurm.
ln -s "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../examples/slurm/sbatch" "$scratch/bin/"
mkdir "$scratch/slurm"
export SBATCH_LOG=$scratch/slurm
export PATH=$scratch/bin:$PATH HOME=$scratch/home
cd "$scratch/here"
unset SB_API_ENDPOINT SB_AUTH_TOKEN

# What the README's reader has: a sample, and results.
printf 'b\na\n' > NA12878.txt
printf 'd\nc\n' > tumor.txt
printf 'f\ne\n' > normal.txt
printf 'd\nc\n' > NA12879.txt
mkdir results
printf 'one' > results/1.bam
printf 'two' > results/2.bam
mkdir results/S1
printf 'three' > results/S1/3.bam
mkdir reads
printf '@1' > reads/S1.fastq
printf '@2' > reads/S2.fastq
# And the project, for the plugin that is built from it.
ln -s "${readme%/*}/host" "${readme%/*}/examples" .

awk -v dir="$scratch" '
  /^<!-- file: / { file = $3 }
  /^```/ && !inside { inside = 1; kind = substr($0, 4); next }
  /^```/ { inside = 0; if (kind == "sh") ++count; file = ""; next }
  inside && kind == "sh" { print > (dir "/block" count + 0) }
  inside && file != "" { print > (dir "/here/" file) }' "$readme"

# A platform for the commands, in the place of the one whose address and token the README shows as examples.
ferry-local-platform --root "$scratch/root" --project me/my-project > "$scratch/platform.json" &
for ((i = 0; i < 100; ++i)); do [ -s "$scratch/platform.json" ] && break; sleep 0.1; done
value() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$scratch/platform.json"; }

ran=0
for block in $(ls "$scratch"/block* | sort -V); do
  while IFS= read -r line; do
    command=${line%%  #*}
    case $command in
      '' | '#'*) continue ;;
      examples/quickstart.sh* | tests/run.sh*)
        [ -x "${readme%/*}/${command%% *}" ] || { echo "no such command: $command" >&2; exit 1; }
        continue ;;
      examples/slurm/*) command=${readme%/*}/$command ;;
      *SB_API_ENDPOINT=*) command="export SB_API_ENDPOINT=$(value api)" ;;
      *SB_AUTH_TOKEN=*) command="export SB_AUTH_TOKEN=$(value token)" ;;
    esac
    echo "+ $line"
    eval "$command" || { echo "this command of the README failed: $line" >&2; exit 1; }
    ran=$((ran + 1))
  done < "$block"
done
[ "$ran" -ge 5 ] || { echo "only $ran commands were found in the README" >&2; exit 1; }

[ "$(cat "$scratch/root/projects/me/my-project/NA12878.sorted.txt")" = "$(printf 'a\nb')" ]
[ "$(cat "$scratch/root/projects/me/my-project/2.bam")" = two ]
[ "$(cat "$scratch/root/projects/me/my-project/normal.sorted.txt")" = "$(printf 'e\nf')" ]
[ "$(cat "$scratch/root/projects/me/my-project/runs/7/S1/3.bam")" = three ]
[ "$(cat "$scratch/root/projects/me/my-project/1_1.bam")" = one ]
[ "$(wc -l < rows.ndjson)" = 2 ]
curl -fsS -H "X-SBG-Auth-Token: $SB_AUTH_TOKEN" "$SB_API_ENDPOINT/files?project=me/my-project&name=S1.fastq&fields=_all" |
  grep -qF '"tags":["raw"],"metadata":{"description":"first run, lane 1","sample_id":"S1","study":"pilot"}'
[ "$(cat "$scratch/root/projects/me/my-project/NA12879.sorted.txt")" = "$(printf 'c\nd')" ]
echo "$ran commands ran"
