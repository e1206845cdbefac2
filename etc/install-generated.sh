#!/bin/bash
# Writes what the binary tells of itself, completions and man pages, below DATADIR (…/share).
set -euo pipefail
binary=${BINARY:?}
share=${DATADIR:?}

# $1: shell, $2: file.
completion() {
  mkdir -p "$(dirname "$2")"
  "$binary" completion "$1" > "$2" 2>/dev/null || "$binary" --generate-completion-script "$1" > "$2"
}
completion bash "$share/bash-completion/completions/flowswitch"
completion zsh "$share/zsh/vendor-completions/_flowswitch"
completion fish "$share/fish/vendor_completions.d/flowswitch.fish"

# `flowswitch man --output FOLDER` writes a page a command; without arguments the page of the whole goes to standard output.
pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
if ! "$binary" man --output "$pages" > /dev/null 2>&1; then
  "$binary" man > "$pages/flowswitch.1" 2>/dev/null || rm -f "$pages/flowswitch.1"
fi
for page in "$pages"/*.1; do
  [[ -s $page ]] || continue
  mkdir -p "$share/man/man1"
  gzip -9 -n -c "$page" > "$share/man/man1/$(basename "$page").gz"
done
