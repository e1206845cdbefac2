#!/usr/bin/env python3
"""Measures the switch at scale: thousands of clusters, hundreds of ports (docs/sizing.md). Root, Linux; nothing but
Python's own library and iproute2.

    scale.py [--binary PATH] [--case NAME]... [--json FILE]

Two network namespaces: one has the switch with its ports, the other the far ends of these. Frames are UDP datagrams that
this program writes on the first port and counts on the others, so that no host's own limits are measured.
"""
import argparse
import ctypes
import json
import mmap
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

PREFIX = f"scale{os.getpid()}"
SWITCH, FAR = f"{PREFIX}-sw", f"{PREFIX}-far"
MAC_BASE = 0x02F500000100  # the virtual MAC of cluster 0
MARK = b"fscale"
PORTS = 256
SERVERS = 4096

CASES = {
    "small": dict(clusters=1, members=3, ports=8, buckets=1024),
    "wide": dict(clusters=1000, members=50, ports=52, buckets=256),
    "default": dict(clusters=1000, members=50, ports=52, buckets=1024),
    "many": dict(clusters=10000, members=4, ports=PORTS, buckets=64),
    "most": dict(clusters=10000, members=6, ports=PORTS, buckets=256),
}

libc = ctypes.CDLL(None, use_errno=True)


def run(*words, check=True, text=None):
    return subprocess.run(words, check=check, input=text, capture_output=True, text=True)


def enter(namespace):
    """This process, or thread, is in that network namespace from here on."""
    with open(f"/run/netns/{namespace}") as file:
        if libc.setns(file.fileno(), 0x40000000) != 0:
            raise OSError(ctypes.get_errno(), "setns")


# --- the network


def build(ports):
    for namespace in (SWITCH, FAR):
        run("ip", "netns", "add", namespace)
        run("ip", "-n", namespace, "link", "set", "lo", "up")
        run("ip", "netns", "exec", namespace, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1",
            "net.ipv6.conf.default.disable_ipv6=1")
    # Redirected frames need a receiver that polls (GRO), or they are dropped by veth.
    lines = []
    for n in range(1, ports + 1):
        lines.append(f"link add p{n} type veth peer name h{n} address {mac_text(host_mac(n))} netns {FAR}")
        lines.append(f"link set p{n} up")
    run("ip", "-n", SWITCH, "-batch", "-", text="\n".join(lines) + "\n")
    run("ip", "-n", FAR, "-batch", "-", text="".join(f"link set h{n} up\n" for n in range(1, ports + 1)))
    for n in range(1, ports + 1):
        run("ip", "netns", "exec", FAR, "ethtool", "-K", f"h{n}", "gro", "on")


def remove(name):
    for namespace in (SWITCH, FAR):
        run("ip", "netns", "delete", namespace, check=False)
    pins = f"/sys/fs/bpf/flowswitch/{name}"
    if os.path.isdir(pins):
        shutil.rmtree(pins, ignore_errors=True)
    for suffix in ("sock", "sock.lock", "lock", "events", "state", "state.json", "tables"):
        try:
            os.unlink(f"/run/flowswitch/{name}.{suffix}")
        except FileNotFoundError:
            pass


def host_mac(n):
    return 0x020000000000 + n


def mac_text(number):
    return ":".join(f"{number >> shift & 255:02x}" for shift in range(40, -8, -8))


def address(cluster):
    return f"10.{64 + (cluster >> 16)}.{cluster >> 8 & 255}.{cluster & 255}"


# --- the configuration


def configuration(name, clusters, members, ports, buckets, weight_of_first=None, extra=0):
    """Member s1 of every cluster is on port p2; the others are spread over the rest. A server has a MAC of its own, so
    that there are as many servers as places."""
    lines = ["switch:", f"  name: {name}", f'  virtual-mac: "{mac_text(MAC_BASE)}"', "  address: 10.63.0.1/24",
             f"ports:"]
    lines += [f"  - {{name: p{n}, role: {'router' if n == 1 else 'server'}}}" for n in range(1, ports + 1)]
    lines.append("clusters:")
    server_ports = ports - 2
    for c in range(clusters + extra):
        lines.append(f"  - name: c{c}\n    address: {address(c)}\n    buckets: {buckets}\n    members:")
        for m in range(members):
            port = 2 if m == 0 else 3 + (c * (members - 1) + m - 1) % (server_ports - 1)
            # 4,096 servers in all, s1 of every cluster among them: each one's MAC is on one port.
            server = 0 if m == 0 else port + (server_ports - 1) * (c % max(1, SERVERS // server_ports))
            mac = mac_text(0x020001000000 + server)
            weight = f", weight: {weight_of_first}" if weight_of_first and m == 1 and c == 0 else ""
            lines.append(f'      - {{name: s{m + 1}, port: p{port}, mac: "{mac}"{weight}}}')
    return "\n".join(lines) + "\n"


# --- traffic


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def frame_head(cluster, flow):
    source = bytes([10, 128, flow >> 8 & 255, flow & 255])
    target = socket.inet_aton(address(cluster))
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + 8 + 18, 0, 0, 64, 17, 0, source, target)
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    udp = struct.pack("!HHHH", 1024 + (flow * 7919 + cluster) % 60000, 53, 8 + 18, 0)
    return ((MAC_BASE + cluster).to_bytes(6, "big") + host_mac(1).to_bytes(6, "big") + b"\x08\x00" + ip + udp + MARK)


class Traffic:
    """Sends `rate` datagrams a second to these clusters in turn, and notes which of them came out, where and when."""

    def __init__(self, clusters, rate, flows=4, seconds=60):
        self.rate, self.limit = rate, int(rate * seconds)
        self.sent = mmap.mmap(-1, 8 * (self.limit + 1))      # ns when it was sent
        self.arrived = mmap.mmap(-1, 8 * (self.limit + 1))   # ns when it came out
        self.place = mmap.mmap(-1, 2 * (self.limit + 1))     # by which port
        self.flags = mmap.mmap(-1, 4096)                     # 0: stop, 8...: how many were sent
        self.keys = [(c, f) for f in range(flows) for c in clusters]
        ready_r, ready_w = os.pipe()
        self.receiver = self._fork(lambda: self._receive(ready_w))
        os.read(ready_r, 1)
        os.close(ready_r), os.close(ready_w)
        self.sender = self._fork(self._send)

    def _fork(self, body):
        child = os.fork()
        if child:
            return child
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            enter(FAR)
            body()
        finally:
            os._exit(0)

    def _send(self):
        out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        out.bind(("h1", 0))
        heads = [frame_head(*key) for key in self.keys]
        begin, gap = time.monotonic_ns(), int(1e9 / self.rate)
        pack, sent = struct.pack, self.sent
        for i in range(self.limit):
            if self.flags[0]:
                break
            due = begin + i * gap
            now = time.monotonic_ns()
            if now < due:
                if due - now > 300_000:
                    time.sleep((due - now) / 1e9)
                now = time.monotonic_ns()
            sent[8 * i:8 * i + 8] = pack("<Q", now)
            try:
                out.send(heads[i % len(heads)] + pack("<Q", i) + b"\0\0\0\0")
            except OSError:
                pass
            self.flags[8:16] = pack("<Q", i + 1)

    def _receive(self, ready):
        box = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
        box.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
        names = {}
        os.write(ready, b"x")
        box.settimeout(0.2)
        while self.flags[0] < 2:
            try:
                frame, where = box.recvfrom(128)
            except TimeoutError:
                continue
            if where[2] == socket.PACKET_OUTGOING or frame[42:48] != MARK:
                continue
            i = int.from_bytes(frame[48:56], "little")
            self.arrived[8 * i:8 * i + 8] = struct.pack("<Q", time.monotonic_ns())
            port = names.get(where[0]) or names.setdefault(where[0], int(where[0][1:]))
            self.place[2 * i:2 * i + 2] = struct.pack("<H", port)

    def stop(self):
        """[(number, key, sent, arrived or 0, port or 0)]"""
        self.flags[0] = 1
        os.waitpid(self.sender, 0)
        time.sleep(0.5)
        self.flags[0] = 2
        os.waitpid(self.receiver, 0)
        count = struct.unpack("<Q", self.flags[8:16])[0]
        sent = struct.unpack(f"<{count}Q", self.sent[:8 * count])
        arrived = struct.unpack(f"<{count}Q", self.arrived[:8 * count])
        place = struct.unpack(f"<{count}H", self.place[:2 * count])
        return [(i, self.keys[i % len(self.keys)], sent[i], arrived[i], place[i]) for i in range(count)]


# --- the daemon


class Daemon:
    def __init__(self, binary, name, folder, file):
        self.binary, self.name, self.folder = binary, name, folder
        self.log = open(f"{folder}/log", "ab")
        self.began = time.monotonic_ns()
        self.process = subprocess.Popen(
            ["nsenter", f"--net=/run/netns/{SWITCH}", binary, "run", "--config", file, "--state-folder",
             f"{folder}/state"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.pid = self.process.pid

    def await_ready(self, seconds=300):
        """Seconds until it answers at its socket."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise SystemExit(f"the daemon ended: {open(self.folder + '/log').read()[-3000:]}")
            try:
                with socket.socket(socket.AF_UNIX) as door:
                    door.connect(f"/run/flowswitch/{self.name}.sock")
                    return (time.monotonic_ns() - self.began) / 1e9
            except OSError:
                time.sleep(0.005)
        raise SystemExit("the daemon did not come up")

    def ask(self, path):
        """Seconds, and the answer's bytes."""
        begin = time.monotonic()
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(300)
            door.connect(f"/run/flowswitch/{self.name}.sock")
            door.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            parts = []
            while part := door.recv(1 << 20):
                parts.append(part)
        body = b"".join(parts)
        status = body[9:12]
        return time.monotonic() - begin, len(body), status.decode()

    def command(self, *words):
        begin = time.monotonic()
        done = run(self.binary, *words, check=False)
        return time.monotonic() - begin, done

    def memory(self):
        with open(f"/proc/{self.pid}/status") as file:
            fields = dict(re.findall(r"^(\w+):\s+(\d+) kB", file.read(), re.M))
        return {key: int(fields[key]) / 1024 for key in ("VmRSS", "RssAnon", "RssFile", "RssShmem", "VmHWM")}

    def cpu(self):
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, how=signal.SIGTERM):
        begin = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(120)
        self.log.close()
        return time.monotonic() - begin


# --- the measurements


class Report:
    def __init__(self, case):
        self.case, self.rows = case, []

    def row(self, what, value, unit, target=None):
        good = "" if target is None else "  ok" if value <= target else "  ABOVE"
        limit = "" if target is None else f"<= {target:g} {unit}"
        self.rows.append(dict(case=self.case, what=what, value=value, unit=unit, target=target))
        print(f"{self.case:8} {what:58} {value:12.3f} {unit:7} {limit:14}{good}", flush=True)


def write(folder, name, text):
    path = f"{folder}/{name}"
    with open(path, "w") as file:
        file.write(text)
    return path


def outage(records, begin_ns, keys):
    """Of the flows `keys`: packets lost after `begin_ns`, and until when (ms after it) the last lost one was sent."""
    lost = [r for r in records if r[1] in keys and r[2] >= begin_ns and r[3] == 0]
    return len(lost), max((r[2] - begin_ns) / 1e6 for r in lost) if lost else 0.0


def measure(binary, case, folder, options):
    size = CASES[case]
    clusters, ports = size["clusters"], size["ports"]
    name = f"{PREFIX}{case}"[:15]
    report = Report(case)
    print(f"{case}: {clusters} clusters x {size['members']} members, {ports} ports, {size['buckets']} buckets each")
    file = write(folder, "a.yaml", configuration(name, **size))
    report.row("configuration file", os.path.getsize(file) / 1e6, "MB")
    begin = time.monotonic()
    run(binary, "check", file)
    report.row("check", time.monotonic() - begin, "s")

    sample = list(range(0, clusters, max(1, clusters // 64)))
    traffic = Traffic(sample, 4000, flows=2, seconds=120)
    time.sleep(0.3)
    daemon = Daemon(binary, name, folder, file)
    try:
        ready = daemon.await_ready()
        time.sleep(1)
        records = traffic.stop()
        first = {}
        for record in records:
            if record[3]:
                first.setdefault(record[1][0], record[3])
        report.row("start until the first frame is forwarded", (min(first.values()) - daemon.began) / 1e9, "s")
        report.row("start until all sampled clusters forward", (max(first.values()) - daemon.began) / 1e9, "s", 1)
        report.row("sampled clusters that do not forward", len(sample) - len(first), "", 0)
        report.row("start until it answers", ready, "s")
        report.row("start: processor time", daemon.cpu(), "s")
        time.sleep(5)
        for key, value in daemon.memory().items():
            report.row(f"memory {key}", value, "MB", 100 if key == "VmRSS" and case != "most" else None)
        before = daemon.cpu()
        time.sleep(options.idle)
        report.row("idle, of a core", (daemon.cpu() - before) / options.idle * 100, "%", 0.5)
        for path in ("ports", "clusters", "members", "buckets?cluster=c0", "buckets", "arp", "drops", "events"):
            seconds, length, status = daemon.ask(f"/api/v1/{path}")
            report.row(f"GET /api/v1/{path} ({length / 1e6:.2f} MB, {status})", seconds, "s")
        seconds, length, status = daemon.ask("/metrics")
        report.row(f"GET /metrics ({length / 1e6:.2f} MB, {status})", seconds, "s")
        seconds, done = daemon.command("show", "clusters", "--socket", f"/run/flowswitch/{name}.sock")
        report.row(f"show clusters ({len(done.stdout) / 1e6:.2f} MB)", seconds, "s")
        report.row("memory VmRSS after these", daemon.memory()["VmRSS"], "MB")

        # A member of every cluster fails: the far end of its port goes down.
        traffic = Traffic(range(clusters), 20000, flows=max(1, 20000 // clusters), seconds=30)
        time.sleep(len(traffic.keys) / 20000 + 2)
        with open(f"/run/netns/{FAR}"):
            begin = time.monotonic_ns()
            run("ip", "-n", FAR, "link", "set", "h2", "down")
        done_at = (time.monotonic_ns() - begin) / 1e6
        time.sleep(3)
        records = traffic.stop()
        victims = {r[1] for r in records if r[2] < begin and r[4] == 2}
        lost, last = outage(records, begin, victims)
        report.row("flows on the member that fails", len(victims), "")
        report.row("`ip link set down` itself", done_at, "ms")
        report.row("a member of all clusters fails: packets lost", lost, "")
        report.row("a member of all clusters fails: last packet lost after", last, "ms", 100)
        others = {r[1] for r in records} - victims
        lost, _ = outage(records, 0, others)
        report.row("packets lost of flows of other members", lost, "", 0)
        traffic = Traffic(range(clusters), 20000, flows=max(1, 20000 // clusters), seconds=60)
        time.sleep(2)
        run("ip", "-n", FAR, "link", "set", "h2", "up")
        time.sleep(4)
        lost, _ = outage(traffic.stop(), 0, set(traffic.keys))
        report.row("it comes back: packets lost", lost, "", 0)

        # Changes.
        socket_words = ("--socket", f"/run/flowswitch/{name}.sock")
        change = write(folder, "b.yaml", configuration(name, **size, weight_of_first=50))
        traffic = Traffic(sample, 10000, flows=4, seconds=120)
        time.sleep(1)
        seconds, done = daemon.command("apply", *socket_words, change)
        report.row(f"apply: another weight (exit {done.returncode})", seconds, "s", 1)
        if done.returncode:
            print(done.stdout[-500:], done.stderr[-500:])
        time.sleep(1)
        lost, _ = outage(traffic.stop(), 0, set(traffic.keys))
        report.row("apply: packets lost", lost, "", 0)
        seconds = daemon.stop(signal.SIGKILL)
        traffic = Traffic(sample, 10000, flows=4, seconds=120)
        time.sleep(0.5)
        daemon = Daemon(binary, name, folder, change)
        report.row("killed and started: until it answers", daemon.await_ready(), "s", 1)
        time.sleep(1)
        lost, _ = outage(traffic.stop(), 0, set(traffic.keys))
        report.row("killed and started: packets lost", lost, "", 0)
        report.row("memory VmHWM", daemon.memory()["VmHWM"], "MB")
        report.row("stop", daemon.stop(), "s")

        # From a switch that has one cluster to one that has all.
        first = write(folder, "c.yaml", configuration(name, **(size | dict(clusters=1))))
        daemon = Daemon(binary, name, folder, first)
        daemon.await_ready()
        traffic = Traffic([0], 10000, flows=100, seconds=120)
        time.sleep(1)
        seconds, done = daemon.command("apply", *socket_words, file)
        report.row(f"apply: from one cluster to all (exit {done.returncode})", seconds, "s", 1)
        if done.returncode:
            print(done.stdout[-500:], done.stderr[-500:])
        time.sleep(2)
        records = traffic.stop()
        lost, _ = outage(records, 0, set(traffic.keys))
        report.row("apply: packets lost", lost, "", 0)
        places = {}
        for record in records:
            if record[3]:
                places.setdefault(record[1], set()).add(record[4])
        report.row("apply: flows moved", sum(len(ports) > 1 for ports in places.values()), "", 0)
    finally:
        daemon.stop()
        if options.keep_log:
            shutil.copy(f"{folder}/log", options.keep_log)
    return report.rows


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=".build/release/flowswitch")
    parser.add_argument("--case", action="append", choices=list(CASES), help="default: wide and many")
    parser.add_argument("--json", help="where the figures go besides")
    parser.add_argument("--idle", type=float, default=20, help="seconds for which it is watched at rest")
    parser.add_argument("--keep-log", help="where the daemon's log goes")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("this makes network namespaces, as root only")
    rows = []
    for case in options.case or ["wide", "many"]:
        folder = tempfile.mkdtemp(prefix=PREFIX)
        try:
            build(CASES[case]["ports"])
            rows += measure(os.path.abspath(options.binary), case, folder, options)
        finally:
            remove(f"{PREFIX}{case}"[:15])
            shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
