#!/usr/bin/env bash
# Makes .venv from requirements.lock, every file checked against its hash. Called by `make env`.
# Works with an empty HOME and without a network index setting (pip's own default is used).
set -euo pipefail

fits() { "$1" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null; }

python=""
for candidate in ${PYTHON:-} python3.12 python3.11 python3 python; do
  if command -v "$candidate" >/dev/null 2>&1 && fits "$candidate"; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Python 3.11 or 3.12 with the module venv is needed; name one with: make env PYTHON=/path/to/python3.12" >&2
  exit 2
fi

# An environment of another Python is made anew; ours is brought up to date.
if ! { [ -x .venv/bin/python ] && fits .venv/bin/python; }; then
  rm -rf .venv
fi

echo "Making .venv with $("$python" -V 2>&1) from requirements.lock; the first time takes a minute or two."
if command -v uv >/dev/null 2>&1; then
  [ -x .venv/bin/python ] || uv venv --quiet --python "$(command -v "$python")" .venv
  uv pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
else
  [ -x .venv/bin/pip ] || "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
fi
