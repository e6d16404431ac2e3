#!/bin/sh
# Serves the built page for the browser tests, at the port given.
# HRMKIT_PYTHON names the Python to serve with; without it, the checkout's environment.
cd "$(dirname "$0")/.." || exit 1
exec env HEADLESS=1 HRMKIT_DATA="${HRMKIT_DATA:-$PWD/tests/fixtures}" "${HRMKIT_PYTHON:-../.venv/bin/python}" -m hrmkit studio --port "$1"
