#!/bin/sh
# Looks at the console in a headless Chromium, beside a switch that is none.
#
#   Tests/Console/check.sh [--pictures FOLDER] [--only WORD]
#
# 0: all holds; 1: something does not; 77: no Chromium or no Python 3 here (Debian: apt-get install chromium python3).
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
if ! command -v python3 >/dev/null; then
  echo "no python3" >&2
  exit 77
fi
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name" >/dev/null; then
    exec python3 -B "$folder/check.py" --chromium "$(command -v "$name")" "$@"
  fi
done
echo "no chromium" >&2
exit 77
