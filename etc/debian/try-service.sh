#!/bin/bash
# Tries the service on a clean Debian that boots systemd in namespaces of its own: the unit's sandbox, restart and
# upgrade without a lost packet, the watchdog, removal.
#
#   etc/debian/try-service.sh [PACKAGE.deb] [FOLDER]     as root; needs debootstrap; FOLDER is kept for the next time
set -euo pipefail
cd "$(dirname "$0")/../.."
package=${1:-$(ls -t .build/deb/flowswitch_*.deb | head -1)}
folder=${2:-.build/debian-systemd}
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=${MIRROR:-http://deb.debian.org/debian}
passed=0

if (( EUID != 0 )); then echo "needs root" >&2; exit 1; fi
say() { printf '\n== %s\n' "$*"; }
pass() { passed=$((passed + 1)); echo "ok: $*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }
expect() { if "${@:2}"; then pass "$1"; else fail "$1"; fi; }

if [[ ! -x $folder/usr/bin/dpkg ]]; then
  say "a clean Debian $release in $folder"
  mkdir -p "$folder"
  debootstrap --variant=minbase "$release" "$folder" "$mirror" > "$folder.log" 2>&1 ||
    { tail -5 "$folder.log" >&2; fail debootstrap; }
fi
folder=$(cd "$folder" && pwd)
missing=()
for one in systemd dbus iproute2 iputils-ping ethtool \
  $(dpkg-deb -f "$package" Depends | tr ',' '\n' | sed 's/([^)]*)//; s/|.*//'); do
  chroot "$folder" dpkg-query -W -f '${db:Status-Status}' "$one" 2> /dev/null | grep -qx installed || missing+=("$one")
done
if (( ${#missing[@]} )); then
  say "what it needs: ${missing[*]}"
  chroot "$folder" apt-get -qq update
  DEBIAN_FRONTEND=noninteractive chroot "$folder" apt-get -qq -o DPkg::Use-Pty=0 install --no-install-recommends \
    "${missing[@]}" > /dev/null
fi
chroot "$folder" dpkg --purge flowswitch > /dev/null 2>&1 || true

say "systemd as process 1"
# In control groups of its own: those that systemd makes, and the filters that it hangs there, would outlive it.
groups=()
for mount in $(awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/mounts); do
  mkdir "$mount/flowswitch-try-$$" && groups+=("$mount/flowswitch-try-$$")
done
outer=
clean_up() {
  if [[ -n $outer ]]; then kill -KILL "$outer" 2> /dev/null || true; fi
  for (( i = 0; i < 100; i++ )); do
    find "${groups[@]}" -depth -type d -exec rmdir {} \; 2> /dev/null || true
    [[ -n $(ls -d "${groups[@]}" 2> /dev/null) ]] || return 0
    sleep 0.1
  done
  echo "left behind: ${groups[*]}" >&2
}
trap clean_up EXIT
trap 'exit 130' INT TERM
# shellcheck disable=SC2016
(
# A v1 hierarchy may refuse (cpuset's does); systemd then has no use for it either.
for group in "${groups[@]}"; do echo 0 2> /dev/null > "$group/cgroup.procs" || true; done
FOLDER=$folder exec setsid unshare --net --mount --pid --uts --ipc --cgroup --fork --kill-child bash -euc '
  mount --make-rprivate /
  cd "$FOLDER"
  mount --bind . .
  cd "$FOLDER"
  mount -t proc proc proc
  mount -t sysfs sysfs sys
  mount -t bpf -o mode=0700 bpf sys/fs/bpf
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    mount -t cgroup2 cgroup2 sys/fs/cgroup
  else
    mount -t tmpfs -o mode=0755 tmpfs sys/fs/cgroup
    mkdir sys/fs/cgroup/systemd sys/fs/cgroup/unified
    mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
    mount -t cgroup2 cgroup2 sys/fs/cgroup/unified
  fi
  mount -t tmpfs -o mode=0755 tmpfs run
  mount -t tmpfs tmpfs tmp
  mount -t tmpfs -o mode=0755 tmpfs dev
  for device in null zero full random urandom tty; do touch dev/$device; mount --bind /dev/$device dev/$device; done
  mkdir -p dev/shm dev/pts .before
  ln -s /proc/self/fd dev/fd
  mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts dev/pts
  ln -s pts/ptmx dev/ptmx
  ip link set lo up
  pivot_root . .before
  exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    sh -c "umount -l /.before; exec /lib/systemd/systemd --system systemd.unit=multi-user.target"
'
) < /dev/null > "$folder.console" 2>&1 &
outer=$!
first=
for (( i = 0; i < 100; i++ )); do
  first=$(ps -o pid= --ppid "$outer" | tr -d ' ')
  [[ -n $first && $(cat "/proc/$first/comm") == systemd ]] && break
  sleep 0.1
done
inside() { nsenter --target "$first" --net --mount --pid --uts --ipc --root --wd env -i LC_ALL=C \
  PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
for (( i = 0; i < 300; i++ )); do
  state=$(inside systemctl is-system-running 2> /dev/null || true)
  [[ $state == running || $state == degraded ]] && break
  sleep 0.1
done
[[ $state == running || $state == degraded ]] || { tail "$folder.console" >&2; fail "systemd: $state"; }
pass "systemd is $state"

say "install and start"
inside sh -c 'cat > /tmp/flowswitch.deb' < "$package"
inside dpkg -i /tmp/flowswitch.deb
for pair in r1:client:10.50.0.1 s1:server:10.50.0.13; do
  IFS=: read -r port host address <<< "$pair"
  inside ip netns add "$host"
  inside ip link add "sw-$port" type veth peer name eth0 netns "$host"
  inside ip -n "$host" address add "$address/24" dev eth0
  inside ip -n "$host" link set eth0 up
  inside ip netns exec "$host" ethtool -K eth0 gro on tx off > /dev/null
done
inside sh -c 'cat > /etc/flowswitch/fs1.yaml' << 'EOF'
switch: {name: fs1}
ports:
  - {name: sw-r1, role: router}
  - {name: sw-s1, role: server}
clusters:
  - name: web
    address: 10.50.0.100
    members:
      - {name: s1, port: sw-s1, address: 10.50.0.13}
EOF
# A kernel may have settings of its own for new interfaces; what counts is that they come back.
ports() { inside sh -c 'for port in sw-r1 sw-s1; do cat /sys/class/net/$port/flags /proc/sys/net/ipv6/conf/$port/disable_ipv6; done'; }
before=$(ports)
inside systemctl start flowswitch@fs1 || { inside journalctl --no-pager -u flowswitch@fs1 >&2; fail "systemctl start"; }
pass "systemctl start waits until it is ready"
inside flowswitch show ports
programs() { inside sh -c 'for port in sw-r1 sw-s1; do ip -o link show $port | grep -o "prog/xdp id" || echo none; done'; }
attached() { [[ $(programs) != *none* ]]; }
expect "XDP with the unit's sandbox" attached
process() { inside systemctl show -P MainPID flowswitch@fs1; }
expect "four capabilities" grep -q 'CapEff:.000000c000003000' <(inside cat "/proc/$(process)/status")
expect "and none to be had" grep -q 'CapBnd:.000000c000003000' <(inside cat "/proc/$(process)/status")
expect "no new privileges" grep -q 'NoNewPrivs:.1' <(inside cat "/proc/$(process)/status")
expect "a filter of system calls" grep -q 'Seccomp:.2' <(inside cat "/proc/$(process)/status")
# In its view of the file system, with all of root's power.
writes() { inside nsenter --target "$(process)" --mount -- sh -c "> $1 && rm -f $1" 2> /dev/null; }
for place in /usr/try /etc/try /boot/try /root/try /proc/sys/kernel/core_pattern /sys/fs/bpf/try; do
  if writes "$place"; then fail "it could write $place"; fi
done
pass "it writes nothing outside its folders"
expect "and there it does" writes /run/flowswitch/try
expect "the socket is the group's" test "$(inside stat -c '%G %a' /run/flowswitch/fs1.sock)" = 'flowswitch 660'
expect "it says how it is" grep -q ports <(inside systemctl show -P StatusText flowswitch@fs1)
lost() { awk '/packets transmitted/ { print $1 - $4 }' "$1"; }
log=$(mktemp)
ping() { inside ip netns exec client ping -n -q -i 0.01 "$@" 10.50.0.13; }
expect "frames are forwarded" ping -c 20 -w 5 > /dev/null

# $1: what; the rest: the command. As many as may be lost: none.
without_loss() {
  local old
  old=$(process)
  ping -w 600 > "$log" 2>&1 &
  local pinger=$!
  sleep 0.5
  "${@:2}" > /dev/null || fail "$1"
  sleep 1
  # ping itself, of which only its namespace's process number is known there.
  inside sh -c 'kill -INT $(pidof ping)'
  wait "$pinger" || true
  [[ $(process) != "$old" && $(process) != 0 ]] || fail "$1: another daemon"
  grep 'packets transmitted' "$log"
  expect "$1, no packet lost" test "$(lost "$log")" = 0
}

say "restart and upgrade under load"
without_loss "restart" inside systemctl restart flowswitch@fs1
expect "the tables are adopted" grep -q adopted <(inside journalctl --no-pager -u flowswitch@fs1)
without_loss "upgrade" inside dpkg -i /tmp/flowswitch.deb
kill_daemon() { inside systemctl kill -s KILL flowswitch@fs1; sleep 4; }
without_loss "a killed daemon" kill_daemon
inside systemctl is-active --quiet flowswitch@fs1 || fail "it is started again"

say "a daemon that hangs"
inside systemctl kill -s STOP flowswitch@fs1
old=$(process)
for (( i = 0; i < 300; i++ )); do
  [[ $(process) != "$old" && $(inside systemctl is-active flowswitch@fs1) == active ]] && break
  sleep 0.1
done
expect "the watchdog finds it" grep -q 'atchdog timeout' <(inside journalctl --no-pager -b)
expect "and it is started again" test "$(inside systemctl is-active flowswitch@fs1)" = active
sleep 20
expect "one that does not hang is left alone" test "$(inside systemctl show -P NRestarts flowswitch@fs1)" -le 2

say "stop, and removal"
inside systemctl stop flowswitch@fs1
expect "no XDP program" test "$(programs)" = $'none\nnone'
expect "interfaces are as they were found" test "$(ports)" = "$before"
expect "nothing is pinned" test -z "$(inside ls /sys/fs/bpf/flowswitch)"
inside systemctl start flowswitch@fs1
inside dpkg --purge flowswitch
expect "a removal stops it" test "$(programs)" = $'none\nnone'
expect "nothing in /run" inside test ! -e /run/flowswitch
expect "nothing in /sys/fs/bpf" inside test ! -e /sys/fs/bpf/flowswitch
expect "nothing in /var/lib" inside test ! -e /var/lib/flowswitch
expect "configurations stay" inside test -e /etc/flowswitch/fs1.yaml
inside rm -r /etc/flowswitch
printf '\n%s checks passed\n' "$passed"
