#!/bin/bash
# What probing 1,000 members each second costs (H12): the daemon's processor time by kind of probe, as a part of a core.
#
#   Tests/Measure/probes.sh [KIND...]      as root; none arp icmp tcp http, by default all; BINARY: the switch
#
# One server behind a veth has the addresses of 1,000 clusters; nginx answers there. On a veth the processor time of a
# packet's whole way counts for its sender: the switch's, and the server's stack too.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=$(realpath "${BINARY:-.build/release/flowswitch}")
kinds=("$@")
(( $# )) || kinds=(none arp icmp tcp http)
seconds=20
name=fsm$$
folder=$(mktemp -d "/tmp/flowswitch-measure-XXXXXX")
daemon=
nginx=

if (( EUID != 0 )); then echo "needs root" >&2; exit 1; fi
clean_up() {
  for process in $daemon $nginx; do kill "$process" 2> /dev/null && wait "$process" 2> /dev/null || true; done
  for host in sw s r; do ip netns delete "$name-$host" 2> /dev/null || true; done
  rm -rf "$folder" "/run/flowswitch/$name."*
}
trap clean_up EXIT
trap 'exit 130' INT TERM
inside() { nsenter --net="/run/netns/$name-$1" "${@:2}"; }

for host in sw s r; do ip netns add "$name-$host"; done
for host in s r; do
  ip -n "$name-sw" link add "p-$host" type veth peer name eth0 netns "$name-$host"
  # As docs/servers.md wants a veth's far end.
  inside "$host" ethtool -K eth0 gro on tx off > /dev/null
  ip -n "$name-sw" link set "p-$host" up
  ip -n "$name-$host" link set eth0 up
  ip -n "$name-$host" link set lo up
done
ip -n "$name-s" route add local 10.60.0.0/22 dev lo
ip -n "$name-s" address add 10.50.0.10/24 dev eth0
ip -n "$name-s" route add 10.60.0.0/16 dev eth0
ip -n "$name-r" address add 10.50.0.1/24 dev eth0

cat > "$folder/nginx.conf" << EOF
daemon off; worker_processes 1; pid $folder/pid; error_log $folder/error;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path $folder/1; proxy_temp_path $folder/2; fastcgi_temp_path $folder/3;
  uwsgi_temp_path $folder/4; scgi_temp_path $folder/5;
  server { listen 80 backlog=4096; return 200 ok; }
}
EOF
inside s nginx -c "$folder/nginx.conf" 2> "$folder/nginx" &
nginx=$!

configuration() { # $1: kind
  printf 'switch: {name: %s, address: 10.60.4.254/21}\n' "$name"
  printf 'ports:\n  - {name: p-r, role: router}\n  - {name: p-s, role: server}\nclusters:\n'
  local probe=", probe: {kind: $1, interval: 1s, timeout: 500ms}"
  [[ $1 != none ]] || probe=
  for (( i = 0; i < 1000; i++ )); do
    printf '  - {name: c%d, address: 10.60.%d.%d, buckets: 64, load: off, members: [{name: s, port: p-s}]%s}\n' \
      "$i" $(( i / 256 )) $(( i % 256 )) "$probe"
  done
}
ticks() { awk '{ print $14 + $15 }' "/proc/$daemon/stat"; }
operational() {
  "$binary" show members --socket "/run/flowswitch/$name.sock" --json 2> /dev/null |
    grep -o '"state":"operational"' | wc -l || true
}

for kind in "${kinds[@]}"; do
  echo "$kind: starting, then $seconds s" >&2
  configuration "$kind" > "$folder/switch.yaml"
  inside sw "$binary" run --config "$folder/switch.yaml" 2> "$folder/log" &
  daemon=$!
  for (( i = 0; i < 60; i++ )); do
    kill -0 "$daemon" 2> /dev/null || { tail -3 "$folder/log" >&2; exit 1; }
    (( $(operational) == 1000 )) && break
    sleep 0.5
  done
  # The switch's own address takes seconds to be found, and sockets wait for it.
  sleep 10
  before=$(ticks)
  sleep "$seconds"
  after=$(ticks)
  printf '%-5s %5s of a core  %4d of 1000 operational  %3d MB\n' "$kind" \
    "$(awk -v t=$(( after - before )) -v s="$seconds" -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.3f", t / hz / s }')" \
    "$(operational)" "$(awk '/VmRSS/ { print $2 / 1024 }' "/proc/$daemon/status" | cut -d. -f1)"
  kill "$daemon"
  wait "$daemon" || true
  daemon=
done
