#!/bin/bash
# Removes what tests that were killed could not: the labs and network namespaces of processes that are no more.
#
#   Tests/clean-up.sh FLOWSWITCH     as root; FLOWSWITCH: the command
set -uo pipefail

(( EUID == 0 )) || exit 0
if [[ -x ${1:-} ]]; then "$1" lab down --abandoned; fi

# Those of ControlTests are cPIDnNUMBER-HOST.
declare -A sites=()
for path in /run/netns/c*n*-*; do
  host=${path##*/}
  [[ $host =~ ^(c([0-9]+)n[0-9]+)-[a-z0-9]+$ ]] || continue
  [[ -e /proc/${BASH_REMATCH[2]} ]] && continue
  sites[${BASH_REMATCH[1]}]=1
  for process in $(ip netns pids "$host"); do kill -KILL "$process"; done
  ip netns delete "$host"
done
for site in "${!sites[@]}"; do
  rm -rf "/sys/fs/bpf/flowswitch/$site" "/tmp/flowswitch-control-$site" "/run/flowswitch/$site".*
done
rmdir /sys/fs/bpf/flowswitch /run/flowswitch 2> /dev/null || true
