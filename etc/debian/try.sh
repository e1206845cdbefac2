#!/bin/bash
# Tries the package on a clean Debian in a folder: installs it, checks the examples, runs a switch with the service's
# capabilities between two network namespaces, upgrades while it runs, and looks for what removal and purge leave.
#
#   etc/debian/try.sh [PACKAGE.deb] [FOLDER]        as root; needs debootstrap; FOLDER is kept for the next time
set -euo pipefail
cd "$(dirname "$0")/../.."
package=${1:-$(ls -t .build/deb/flowswitch_*.deb | head -1)}
folder=${2:-.build/debian}
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=${MIRROR:-http://deb.debian.org/debian}
name=trydeb$$
passed=0

if (( EUID != 0 )); then echo "needs root" >&2; exit 1; fi
say() { printf '\n== %s\n' "$*"; }
pass() { passed=$((passed + 1)); echo "ok: $*"; }
expect() { if "${@:2}"; then pass "$1"; else fail "$1"; fi; }
fail() { echo "FAILED: $*" >&2; exit 1; }

if [[ ! -x $folder/usr/bin/dpkg ]]; then
  say "a clean Debian $release in $folder"
  mkdir -p "$folder"
  debootstrap --variant=minbase "$release" "$folder" "$mirror" > "$folder.log" 2>&1 ||
    { tail -5 "$folder.log" >&2; fail debootstrap; }
fi
folder=$(cd "$folder" && pwd)

needed=$(dpkg-deb -f "$package" Depends | tr ',' '\n' | sed 's/([^)]*)//; s/|.*//; s/ //g')
missing=()
for one in $needed; do
  chroot "$folder" dpkg-query -W -f '${db:Status-Status}' "$one" 2> /dev/null | grep -qx installed || missing+=("$one")
done
if (( ${#missing[@]} )) && [[ ${INSIDE:-} != 1 ]]; then
  say "what it depends on: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  chroot "$folder" apt-get -qq update
  chroot "$folder" apt-get -qq -o DPkg::Use-Pty=0 install --no-install-recommends "${missing[@]}" > /dev/null
fi

# Everything below is in namespaces of its own: interfaces, mounts and processes go with them.
if [[ ${INSIDE:-} != 1 ]]; then
  exec env INSIDE=1 unshare --net --mount --pid --fork --kill-child "$0" "$package" "$folder"
fi

mount --make-rprivate /
mount -t proc proc "$folder/proc"
mount -t sysfs sysfs "$folder/sys"
mount -t bpf -o mode=0700 bpf "$folder/sys/fs/bpf"
mount -t tmpfs -o mode=0755 tmpfs "$folder/run"
mount --bind /dev "$folder/dev"
cp /etc/resolv.conf "$folder/etc/resolv.conf" 2> /dev/null || true
export PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C
inside() { chroot "$folder" "$@"; }
files() { (cd "$folder" && find bin etc lib sbin usr var run sys/fs/bpf -xdev -not -path 'var/lib/dpkg/*' \
  -not -path 'var/cache/*' -not -path 'var/log/*' -not -path 'var/lib/apt/*' 2> /dev/null | sort); }

say "install"
inside dpkg --purge flowswitch > /dev/null 2>&1 || true
cp "$package" "$folder/tmp/flowswitch.deb"
before=$(files)
inside dpkg -i /tmp/flowswitch.deb
version=$(inside flowswitch --version) || fail "flowswitch --version"
pass "$version without a Swift toolchain"
expect "the group flowswitch" grep -q '^flowswitch:' "$folder/etc/group"
for example in "$folder"/usr/share/doc/flowswitch/examples/*.yaml; do
  inside flowswitch check "${example#"$folder"}" > /dev/null || fail "check $(basename "$example")"
done
pass "check takes the examples"
expect "completions" test -s "$folder/usr/share/bash-completion/completions/flowswitch"
if [[ -s $folder/usr/share/man/man1/flowswitch.1.gz ]]; then pass "man pages"; else echo "none: man pages"; fi

say "run"
ip link set lo up
for port in r1 s1; do
  ip link add "sw-$port" type veth peer name "far-$port"
  ip link set "sw-$port" up
  ip link set "far-$port" up
  ethtool -K "far-$port" gro on tx off > /dev/null 2>&1 || true
done
links() { ip -o link | sed 's/^[0-9]*: //; s/ qlen.*//; s/ mtu .*//' | sort; }
flags() { for port in sw-r1 sw-s1; do cat "$folder/sys/class/net/$port/flags" "/proc/sys/net/ipv6/conf/$port/disable_ipv6"; done; }
links_before=$(links; flags)
mkdir -p "$folder/etc/flowswitch"
cat > "$folder/etc/flowswitch/$name.yaml" << EOF
switch: {name: $name}
ports:
  - {name: sw-r1, role: router}
  - {name: sw-s1, role: server}
clusters:
  - name: web
    address: 10.50.0.100
    members:
      - {name: s1, port: sw-s1, mac: "02:00:00:00:02:02"}
EOF
inside flowswitch doctor --config "/etc/flowswitch/$name.yaml" || fail "doctor"
pass "doctor: it will work"
socket=$folder/run/flowswitch/$name.sock
start() {
  chroot "$folder" setpriv --bounding-set=-all,+net_admin,+net_raw,+bpf,+perfmon --inh-caps=-all --no-new-privs \
    flowswitch run --config "/etc/flowswitch/$name.yaml" > "$folder/tmp/run.log" 2>&1 &
  daemon=$!
  for (( i = 0; i < 300; i++ )); do
    if grep -q ready "$folder/tmp/run.log" && [[ -S $socket ]]; then return; fi
    kill -0 "$daemon" 2> /dev/null || break
    sleep 0.1
  done
  cat "$folder/tmp/run.log" >&2
  fail "the daemon does not run"
}
programs() { for port in sw-r1 sw-s1; do ip -o link show "$port" | grep -o 'prog/xdp id [0-9]*' || echo none; done; }
start
inside flowswitch show ports
attached=$(programs)
attached() { [[ $(programs) != *none* ]]; }
expect "forwards in the kernel with four capabilities" attached

say "upgrade while it runs"
# The package once more, which is what dpkg does with a newer one: prerm upgrade, then postinst configure.
inside dpkg -i /tmp/flowswitch.deb > /dev/null
expect "dpkg left the daemon alone" kill -0 "$daemon"
expect "and the datapath" test "$(programs)" = "$attached"
kill -USR2 "$daemon"
expect "SIGUSR2 ends the daemon" wait "$daemon"
expect "the kernel goes on forwarding" test "$(programs)" = "$attached"
start
inside flowswitch show version
expect "the next daemon adopts it" grep -q 'tables adopted' "$folder/tmp/run.log"

say "stop"
kill -TERM "$daemon"
wait "$daemon" || fail "the stop"
expect "interfaces are as they were found" test "$(links; flags)" = "$links_before"

say "a killed daemon, then removal"
start
kill -KILL "$daemon"
wait "$daemon" || true
expect "it forwards without its daemon" attached
inside dpkg --remove flowswitch
if [[ "$(links; flags)" != "$links_before" ]]; then diff <(echo "$links_before") <(links; flags) || fail "interfaces"; fi
pass "interfaces are as they were found"
expect "nothing in /run" test ! -e "$folder/run/flowswitch"
expect "nothing in /sys/fs/bpf" test -z "$(ls -A "$folder/sys/fs/bpf" | grep -v '\.debug$' || true)"
expect "no XDP program" test "$(programs)" = $'none\nnone'
expect "settings stay" test -e "$folder/etc/default/flowswitch"

say "purge"
rm "$folder/etc/flowswitch/$name.yaml"
inside dpkg --purge flowswitch
after=$(files)
left=$(comm -13 <(echo "$before") <(echo "$after") | grep -v -e '^etc/group' -e '^etc/gshadow' || true)
[[ -z $left ]] || { echo "$left" >&2; fail "this is left"; }
pass "nothing is left"
printf '\n%s checks passed\n' "$passed"
