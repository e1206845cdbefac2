#!/bin/bash
# Writes what the binary tells of itself, completions and man pages, below DATADIR (…/share).
set -euo pipefail
binary=${BINARY:?}
share=${DATADIR:?}

# Debian's zsh looks for packages' completions in vendor-completions, and below /usr/local in site-functions.
case $share in
  */usr/share) zsh=$share/zsh/vendor-completions ;;
  *) zsh=$share/zsh/site-functions ;;
esac

# $1: shell, $2: file.
completion() {
  mkdir -p "$(dirname "$2")"
  "$binary" completion "$1" > "$2"
}
completion bash "$share/bash-completion/completions/flowswitch"
completion zsh "$zsh/_flowswitch"
completion fish "$share/fish/vendor_completions.d/flowswitch.fish"

mkdir -p "$share/man/man1"
pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
"$binary" man --output "$pages"
for page in "$pages"/*.1; do gzip -9 -n -c "$page" > "$share/man/man1/$(basename "$page").gz"; done
