#!/usr/bin/env bash
# The holders' workbooks of a finished run, written by GNU parallel in N parts, on this machine or on others.
#
#   ratable dividend CASE --date 2006-06-15 --workbooks none --out RUN_DIR
#   templates/gnu-parallel.sh RUN_DIR CASE PARTS_DIR 8
#   ratable merge RUN_DIR PARTS_DIR/part-* --out DIR
#
# Options of parallel go into PARALLEL, such as PARALLEL='--sshlogin host1,host2' where the folders are on a file
# system that the hosts share. A part that fails is tried three times.
set -euo pipefail

run=${1:?the folder of the finished run} case=${2:?its case} parts=${3:?a folder for the parts} of=${4:?how many parts}

seq "$of" | parallel --retries 3 --halt soon,fail=1 --quote \
  ratable statements "$run" --case "$case" --shard "{}/$of" --out "$parts/part-{}" --force --jobs 1
