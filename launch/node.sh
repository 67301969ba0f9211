#!/usr/bin/env bash
# Runs an experiment on this machine: one process that drives all its GPUs, or
# its CPU where there is none.
#
#   CONFIG=configs/paper.py:all launch/node.sh [flags of jaxfer.main]
#
# CONFIG   the experiment file and its arguments; required.
# WORKDIR  folder for everything made, relative to jaxfer's own folder;
#          runs/<experiment> if unset.
# PYTHON   the interpreter; .venv/bin/python, or python3 where there is none.
#
# The process is jaxfer itself: it takes the signals sent to this one, and its
# exit status is this one's.
set -eu

: "${CONFIG:?is not set: which experiment, such as configs/paper.py:all?}"

cd -- "$(dirname -- "$0")/.."
if [ -z "${PYTHON:-}" ]; then
  PYTHON=python3
  if [ -x .venv/bin/python ]; then PYTHON=.venv/bin/python; fi
fi
exec "$PYTHON" -m jaxfer.main --config="$CONFIG" \
  ${WORKDIR:+--workdir="$WORKDIR"} "$@"
