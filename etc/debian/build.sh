#!/bin/bash
# Makes .build/deb/flowswitch_VERSION_ARCHITECTURE.deb of the binary in BINARY. Needs dpkg-deb; with dpkg-shlibdeps
# (package dpkg-dev) the dependencies are those of the linked libraries, as this Debian calls them.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=${BINARY:-.build/release/flowswitch}
version=${VERSION:-$(sed -n 's/.*current = "\(.*\)"/\1/p' Sources/SwitchModel/FlowSwitchVersion.swift)}
architecture=$(dpkg --print-architecture)
output=${OUTPUT:-.build/deb}

if ldd "$binary" | grep -q 'libswift'; then
  echo "$binary wants the Swift runtime's libraries: build it with --static-swift-stdlib (make release)" >&2
  exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
umask 022
make --no-print-directory -s install-files BINARY="$binary" DESTDIR="$tree" PREFIX=/usr UNITDIR=/lib/systemd/system

# Where Debian wants it.
install -m 0644 etc/debian/copyright "$tree/usr/share/doc/flowswitch/copyright"
rm -f "$tree/usr/share/doc/flowswitch/LICENSE"
printf 'flowswitch (%s) unstable; urgency=medium\n\n  * Built from source.\n\n -- FlowSwitch <flowswitch@localhost>  %s\n' \
  "$version" "$(date -R -d "@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}")" |
  gzip -9 -n > "$tree/usr/share/doc/flowswitch/changelog.gz"

depends='libbpf1, libc6, libgcc-s1, libnl-3-200, libnl-route-3-200, libpcap0.8, libstdc++6, libyaml-0-2'
if command -v dpkg-shlibdeps > /dev/null; then
  mkdir "$work/debian"
  printf 'Source: flowswitch\nPackage: flowswitch\nArchitecture: any\n' > "$work/debian/control"
  found=$(cd "$work" && dpkg-shlibdeps -O tree/usr/bin/flowswitch 2>/dev/null | sed -n 's/^shlibs:Depends=//p') || found=
  depends=${found:-$depends}
fi

mkdir "$tree/DEBIAN"
cat > "$tree/DEBIAN/control" << EOF
Package: flowswitch
Version: $version
Architecture: $architecture
Maintainer: FlowSwitch <flowswitch@localhost>
Section: net
Priority: optional
Installed-Size: $(du -sk --exclude=DEBIAN "$tree" | cut -f1)
Depends: $depends, passwd
Recommends: iproute2
Suggests: ethtool, bpftool, wireshark-common
Description: layer-2 flow switch: many servers behind one address
 The switch stands between routers and servers. All servers of a cluster carry
 the same address; the switch sends each flow to one of them by its MAC and
 changes nothing else in the frame. The datapath is an eBPF program in the
 kernel's XDP hook, which goes on forwarding while the daemon is restarted or
 this package upgraded.
EOF
(cd "$tree" && find etc -type f -printf '/%p\n' | sort) > "$tree/DEBIAN/conffiles"
(cd "$tree" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum) > "$tree/DEBIAN/md5sums"
for script in postinst prerm postrm; do install -m 0755 "etc/debian/$script" "$tree/DEBIAN/$script"; done

mkdir -p "$output"
package=$output/flowswitch_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$tree" "$package"
