#!/usr/bin/env bash
# examples/slurm/submit.sh with a stand-in for sbatch and the local platform: run.sh SUBMIT.sh BUILD-DIR.
set -euo pipefail
submit=$(realpath "$1")
build=$(realpath "$2")
fake=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
scratch=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || { kill "$server" 2> /dev/null; wait "$server" || true; }
  rm -rf "$scratch"
}
trap finish EXIT
mkdir "$scratch/log" "$scratch/work" "$scratch/home"
export SBATCH_LOG=$scratch/log HOME=$scratch/home PATH=$fake:$build/bin:$PATH
die() { echo "$1" >&2; tail -n +1 "$scratch"/log/*.out >&2 || true; exit 1; }

"$build/bin/ferry-local-platform" --root "$scratch/root" --project me/my-project > "$scratch/platform.json" &
server=$!
for ((i = 0; i < 100; ++i)); do [ -s "$scratch/platform.json" ] && break; sleep 0.1; done
value() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$scratch/platform.json"; }
SB_API_ENDPOINT=$(value api) SB_AUTH_TOKEN=$(value token)
export SB_API_ENDPOINT SB_AUTH_TOKEN

cd "$scratch/work"
cat > w.json << 'END'
{ "name": "w", "vars": { "sample": null },
  "steps": [
    { "id": "align", "task": "command",
      "with": { "command": ["sh", "-euc", "echo \"$SAMPLE\" >> ran; test \"$SAMPLE\" != bad; echo \"$SAMPLE\" > \"$SAMPLE.bam\""],
                "env": { "SAMPLE": "${vars.sample}" }, "outputs": { "bam": "${vars.sample}.bam" } } },
    { "id": "publish", "task": "upload", "needs": ["align"],
      "with": { "project": "me/my-project", "files": ["${steps.align.outputs.bam}"] } } ] }
END

said=$("$submit" w.json align publish --var "sample=it's one" --jobs 1)
[ "$said" = "submitted: align as job 100, publish as job 101" ] || die "it said: $said"
[ "$(cat "$SBATCH_LOG"/10?.code)" = "$(printf '0\n0')" ] || die "a job failed"
[ "$(cat ran)" = "it's one" ] || die "the analysis ran other than once: $(cat ran)"
[ "$(cat "$scratch/root/projects/me/my-project/it's one.bam")" = "it's one" ] || die "the file is not there"
grep -qx -- '--partition=transfer' "$SBATCH_LOG/101.words" || die "the upload was not sent to the transfer partition"
grep -qx -- '--dependency=afterok:100' "$SBATCH_LOG/101.words" || die "the upload does not wait"
! grep -q partition "$SBATCH_LOG/100.words" || die "the analysis was sent to the transfer partition"

COMPUTE='--mem=1G' "$submit" w.json align publish --var sample=bad > /dev/null
[ "$(cat "$SBATCH_LOG/102.code")" = 1 ] || die "a failed analysis did not fail its job"
[ ! -e "$SBATCH_LOG/103.code" ] || die "the upload ran after a failed analysis"
grep -qx -- '--mem=1G' "$SBATCH_LOG/102.words" || die "COMPUTE was not passed on"

! "$submit" w.json align publish 2> /dev/null || die "a variable is missing, and it submitted"
[ "$(find "$SBATCH_LOG" -name '*.words' | wc -l)" = 4 ] || die "a wrong workflow was submitted"
! "$submit" w.json align 2> help || die "an argument is missing, and it went on"
grep -q 'submit.sh WORKFLOW.json ANALYSIS-STEP UPLOAD-STEP' help || die "no help"
