#!/usr/bin/env bash
# The holders' workbooks of a finished run, written by a Slurm array: task I writes part I of N.
#
#   ratable dividend CASE --date 2006-06-15 --workbooks none --out RUN_DIR
#   job=$(sbatch --parsable --array=1-64 templates/slurm-array.sh RUN_DIR CASE PARTS_DIR 64)
#   sbatch --dependency=afterok:$job --wrap 'ratable merge RUN_DIR PARTS_DIR/part-* --out DIR'
#
# A task that failed is run again by itself (N stays what it was): sbatch --array=17 … RUN_DIR CASE PARTS_DIR 64
# The folders must be on a file system that all nodes share. Memory is for reading the case: about 1 GB per million
# lots is plenty.
#SBATCH --job-name=ratable-statements
#SBATCH --cpus-per-task=2
#SBATCH --mem=4G
#SBATCH --time=01:00:00
#SBATCH --requeue
set -euo pipefail

run=${1:?the folder of the finished run} case=${2:?its case} parts=${3:?a folder for the parts} of=${4:?how many parts}
index=${SLURM_ARRAY_TASK_ID:?submit it with sbatch --array=1-$of}

exec ratable statements "$run" --case "$case" --shard "$index/$of" --out "$parts/part-$index" --force \
  --jobs "${SLURM_CPUS_PER_TASK:-2}"
