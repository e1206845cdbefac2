"""A switch that is none: answers the console's questions as the API does, and does what a test says.

By hand: python3 fake_switch.py --members 200 --port 8000
"""

import argparse
import json
import pathlib
import random
import re
import threading
import time
import urllib.parse
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "Sources/CConsole/Page"
TYPES = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
         "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


def policy():
    """The Content-Security-Policy of the real server."""
    source = (ROOT / "Sources/Management/Console/ConsolePage.swift").read_text()
    found = re.search(r"contentSecurityPolicy = \[(.*?)\]\.joined", source, re.S)
    return "; ".join(re.findall(r'"(.*?)"', found.group(1)))


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Switch:
    def __init__(self, clusters=None, name="fs1", seed=7):
        self.lock = threading.RLock()
        self.random = random.Random(seed)
        self.name = name
        self.token = None
        self.has_stream = True
        self.is_silent = False
        self.garbage = None
        self.requests = []
        self.events = []
        self.pid = 4711
        self.started = now()
        self.clusters, self.members, self.ports, self.routers, self.extra = [], [], [], [], []
        for number in (1, 2):
            self.port(f"sw-r{number}", "router", 10000)
            self.routers.append(dict(
                pool="upstream", name=f"r{number}", address=f"10.50.0.{number}", mac=f"02:00:00:00:01:0{number}",
                port=f"sw-r{number}", weight=100, admin_state="enabled", state="operational", servers=0, buckets=2048,
                packets=0, bytes=0, packets_per_second=0, bytes_per_second=0, last_change=self.started))
        for cluster, mode, count, load in clusters or [
                ("web", "balanced", 4, 182_000), ("api", "balanced", 3, 24_500), ("db", "availability", 2, 3_100)]:
            self.cluster(cluster, mode, count, load)
        self.settle()
        self.tick()

    def port(self, name, role, speed=1000):
        self.ports.append(dict(
            name=name, role=role, link="up", speed_mbps=speed, mode="xdp", rx_packets=0, tx_packets=0, rx_bytes=0,
            tx_bytes=0, rx_dropped=0, tx_dropped=0, stations=1))

    def cluster(self, name, mode, count, load):
        number = len(self.clusters)
        self.clusters.append(dict(
            name=name, kind="server", address=f"10.50.{number}.100", virtual_mac=f"02:f5:00:00:00:{number:02x}",
            mode=mode, state="operational", members_operational=count, members_total=count,
            buckets=4096 if count > 20 else 1024, packets=0, bytes=0, load=load))
        for index in range(1, count + 1):
            port = f"sw-{name}{index}"
            self.port(port, "server")
            state = "operational" if mode == "balanced" else "primary" if index == 1 else "secondary-operational"
            self.members.append(dict(
                cluster=name, name=f"{name}{index}", port=port, mac=f"02:00:00:{number:02x}:{index >> 8:02x}:{index & 255:02x}",
                address=None, weight=100, admin_state="enabled", state=state, buckets=0, packets=0, bytes=0,
                packets_per_second=0, bytes_per_second=0, new_flows_per_second=0, leaving_packets_per_second=0,
                last_change=self.started))

    def member(self, subject):
        return next(row for row in self.members + self.routers
                    if f"{row.get('cluster', row.get('pool'))}/{row['name']}" == subject)

    def settle(self):
        """Gives the buckets to those that can serve."""
        for cluster in self.clusters:
            all_members = [row for row in self.members if row["cluster"] == cluster["name"]]
            if cluster["mode"] == "availability":
                if not any(row["state"] == "primary" for row in all_members):
                    second = next((row for row in all_members if row["state"] == "secondary-operational"), None)
                    if second:
                        second["state"] = "primary"
            serving = [row for row in all_members
                       if row["state"] in ("operational", "primary") and row["admin_state"] == "enabled"]
            for row in all_members:
                row["buckets"] = 0
            for index, row in enumerate(serving):
                row["buckets"] = cluster["buckets"] // len(serving) + (index < cluster["buckets"] % len(serving))
            well = [row for row in all_members if row["state"] not in ("failed", "secondary-failed", "unresolved")]
            cluster["members_operational"] = len(well)
            cluster["members_total"] = len(all_members)
            cluster["state"] = ("failed" if not serving else "operational" if len(well) == len(all_members) else "degraded")
        alive = [row for row in self.routers if row["state"] == "operational"]
        for row in self.routers:
            row["servers"] = len(self.members) // max(1, len(alive)) if row in alive else 0
            row["buckets"] = 4096 // max(1, len(alive)) if row in alive else 0

    def tick(self, seconds=1.0):
        with self.lock:
            total = 0
            for cluster in self.clusters:
                share = sum(row["buckets"] for row in self.members if row["cluster"] == cluster["name"])
                for row in self.members:
                    if row["cluster"] != cluster["name"]:
                        continue
                    part = row["buckets"] / share if share else 0
                    rate = int(cluster["load"] * part * self.random.uniform(0.93, 1.07))
                    row["packets_per_second"] = rate + row["leaving_packets_per_second"]
                    row["bytes_per_second"] = row["packets_per_second"] * 710
                    row["new_flows_per_second"] = rate // 40
                    row["packets"] += row["packets_per_second"]
                    row["bytes"] += row["bytes_per_second"]
                    cluster["packets"] += row["packets_per_second"]
                    cluster["bytes"] += row["bytes_per_second"]
                    total += row["packets_per_second"]
                    for port in self.ports:
                        if port["name"] == row["port"] and port["link"] == "up":
                            port["tx_packets"] += int(row["packets_per_second"] * seconds)
                            port["tx_bytes"] += int(row["bytes_per_second"] * seconds)
                            port["rx_packets"] += int(rate * seconds)
                            port["rx_bytes"] += int(rate * 1100 * seconds)
            alive = [row for row in self.routers if row["state"] == "operational"]
            for row in self.routers:
                row["packets_per_second"] = total // len(alive) if row in alive else 0
                row["bytes_per_second"] = row["packets_per_second"] * 1100
                port = next(port for port in self.ports if port["name"] == row["port"])
                rate = total // len(alive) if row in alive else 0
                port["rx_packets"] += int(rate * seconds)
                port["rx_bytes"] += int(rate * 710 * seconds)
                port["tx_packets"] += int(rate * seconds)
                port["tx_bytes"] += int(rate * 1100 * seconds)

    def event(self, kind, subject, cause, effect="", moved=0, severity=None):
        with self.lock:
            warnings = ("member-down", "router-down", "link-down", "cluster-failed", "conflict")
            self.events.append(dict(
                number=len(self.events) + 1, time=now(), kind=kind,
                severity=severity or ("warning" if kind in warnings else "notice"), subject=subject, cause=cause,
                effect=effect, buckets_moved=moved))

    def fail(self, subject):
        with self.lock:
            row = self.member(subject)
            moved = row["buckets"]
            is_second = row["state"].startswith("secondary") or row["state"] == "primary"
            row["state"] = "secondary-failed" if is_second else "failed"
            row["last_change"] = now()
            self.settle()
            self.tick(0)
            kind = "router-down" if "pool" in row else "member-down"
            self.event(kind, subject, "http: no answer within 500ms, three times", "its buckets go to the others", moved)

    def restore(self, subject):
        with self.lock:
            row = self.member(subject)
            row["state"] = "secondary-operational" if row["state"] == "secondary-failed" else "operational"
            self.settle()
            self.event("router-up" if "pool" in row else "member-up", subject, "http: ok", "new flows only", row["buckets"])

    def drain(self, subject):
        with self.lock:
            row = self.member(subject)
            row["admin_state"] = "draining"
            row["leaving_packets_per_second"] = 240
            self.settle()
            self.event("admin", subject, "the operator drains it", "no new flows", 0)

    def rows(self, what):
        with self.lock:
            if what == "clusters":
                rows = [{k: v for k, v in row.items() if k != "load"} for row in self.clusters]
            elif what in ("members", "routers", "ports"):
                rows = getattr(self, what)
            elif what == "probes":
                rows = [dict(
                    targets=[f"{row['cluster']}/{row['name']}"], target=f"{row['cluster']}/{row['name']}", kind="http",
                    state="failed" if "failed" in row["state"] else "operational",
                    last_result="no answer within 500ms" if "failed" in row["state"] else "ok", latency_ms=1.37,
                    successes=1200, failures=3, changed_at=row["last_change"]) for row in self.members]
            elif what == "drops":
                rows = [dict(reason="isolated", port=self.ports[0]["name"], packets=1234),
                        dict(reason="no-member", port=self.ports[1]["name"], packets=17)]
            elif what == "stations":
                rows = [dict(mac=row["mac"], vlan=0, port=row["port"], kind="learned", age_seconds=3) for row in self.members]
            elif what == "version":
                return dict(version="0.4.0", name=self.name, pid=self.pid, datapath="xdp",
                            datapath_reason="every port's driver can", kernel="6.12.0", started_at=self.started, adopted=False)
            else:
                return None
            return json.loads(json.dumps(rows))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.send_header("x-content-type-options", "nosniff")
        self.send_header("cache-control", "no-store")
        if not self.path.startswith("/api/"):
            self.send_header("content-security-policy", self.server.policy)
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, code):
        self.answer(status, json.dumps({"error": {"code": code, "message": code}}).encode())

    def do_GET(self):
        switch = self.server.switch
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        switch.requests.append(self.path)
        if not url.path.startswith("/api/v1/"):
            file = PAGE / (url.path.lstrip("/") or "console.html")
            if file.parent == PAGE and file.is_file():
                return self.answer(200, file.read_bytes(), TYPES[file.suffix[1:]])
            return self.refuse(404, "not-found")
        if switch.token and self.headers.get("authorization") != f"Bearer {switch.token}":
            return self.refuse(401, "unauthorized")
        what = url.path.removeprefix("/api/v1/")
        if what == "stream":
            return self.stream(switch, int(query.get("after", 0))) if switch.has_stream else self.refuse(404, "not-found")
        if what == "events":
            with switch.lock:
                rows = [row for row in switch.events if row["number"] > int(query.get("after", 0))]
            return self.answer(200, json.dumps(rows[-int(query.get("limit", 1000)):]).encode())
        rows = switch.rows(what)
        if rows is None:
            return self.refuse(404, "not-found")
        self.answer(200, json.dumps(rows).encode())

    def stream(self, switch, after):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("cache-control", "no-store")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        self.server.streams.append(self.connection)
        sent = 0
        try:
            while not self.server.is_stopped and switch.has_stream:
                with switch.lock:
                    rows = [row for row in switch.events if row["number"] > after]
                for row in rows:
                    after = row["number"]
                    self.wfile.write(f"id: {after}\nevent: event\ndata: {json.dumps(row)}\n\n".encode())
                if switch.garbage:
                    self.wfile.write(switch.garbage)
                    switch.garbage = None
                if time.monotonic() - sent >= 0.9 and not switch.is_silent:
                    sent = time.monotonic()
                    state = {what: switch.rows(what) for what in ("ports", "clusters", "members", "routers")}
                    self.wfile.write(f": sign of life\nevent: state\ndata: {json.dumps(state)}\n\n".encode())
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, switch, port=0):
        super().__init__(("127.0.0.1", port), Handler)
        self.switch = switch
        self.policy = policy()
        self.is_stopped = False
        self.streams = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        threading.Thread(target=self.clock, daemon=True).start()

    def clock(self):
        while not self.is_stopped:
            time.sleep(1)
            self.switch.tick()

    def handle_error(self, request, client_address):
        pass

    @property
    def port(self):
        return self.server_address[1]

    def die(self):
        """As a daemon that is killed: nobody listens, what was open is closed."""
        self.is_stopped = True
        self.shutdown()
        self.server_close()
        for connection in self.streams:
            try:
                connection.close()
            except OSError:
                pass


def large(members=200):
    """A switch of many members: one dense cluster, one of tiles, small ones."""
    first = max(1, members * 6 // 10)
    second = max(1, members * 2 // 10)
    rest = max(3, members - first - second)
    return Switch([("web", "balanced", first, 2_400_000), ("api", "balanced", second, 310_000),
                   ("cache", "balanced", rest - rest // 2, 90_000), ("mail", "balanced", rest // 2 - 2, 800),
                   ("db", "availability", 2, 12_000)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--members", type=int, default=0, help="200: a large switch")
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    server = Server(large(arguments.members) if arguments.members else Switch(), arguments.port)
    print(f"http://127.0.0.1:{server.port}/")
    switch = server.switch
    try:
        while True:
            time.sleep(6)
            subject = f"web/web{switch.random.randint(1, 4)}"
            switch.fail(subject)
            time.sleep(8)
            switch.restore(subject)
    except KeyboardInterrupt:
        server.die()
