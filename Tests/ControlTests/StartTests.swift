import Glibc
import SwitchModel
import Testing

@testable import Lab

extension LiveTests {
  @Suite("who may start, and where")
  struct Start {
    @Test("two daemons of one name: the second is told which process runs")
    func sameName() throws {
      let site = try Site(servers: 2)
      defer { site.remove() }
      try site.serve()
      let first = try site.start(SiteConfiguration(site))
      try first.awaitMembers()
      let second = try site.refused(SiteConfiguration(site))
      #expect(second.status == 2)
      #expect(second.errorText.contains("\(first.pid)"))
      #expect(try Conversations(8, at: site).servers.count > 0)
    }

    @Test(
      "another switch on the same ports is refused: port and process are named, and the first goes on",
      arguments: ["auto", "xdp", "xdp-generic", "tc", "pcap"], ["auto", "xdp", "pcap"])
    func samePorts(datapath: String, first: String) throws {
      let site = try Site(servers: 2)
      defer { site.remove() }
      try site.serve()
      let running = try site.start(SiteConfiguration(site, datapath: first))
      try running.awaitMembers()
      let connections = try Conversations(8, at: site)
      let before = try site.surroundings()
      let second = try site.refused(
        SiteConfiguration(site, datapath: datapath).with { $0.ports = ["p-s1", "p-s2", "p-r"] }, as: "b")
      #expect(second.status == 2)
      #expect(second.errorText.contains("port p-s1"))
      #expect(second.errorText.contains("process \(running.pid) (flowswitch)"))
      #expect(try site.surroundings() == before)
      #expect(connections.broken() == [])
      #expect(try Conversations(8, at: site).servers.count > 0)
    }

    @Test(
      "another switch on ports where a killed one still forwards is refused",
      arguments: ["auto", "xdp", "pcap"])
    func samePortsAsKilled(datapath: String) throws {
      let site = try Site(servers: 2)
      defer { site.remove() }
      try site.serve()
      let running = try site.start(SiteConfiguration(site))
      try running.awaitMembers()
      let connections = try Conversations(8, at: site)
      running.kill()
      let second = try site.refused(SiteConfiguration(site, datapath: datapath), as: "b")
      #expect(second.status == 2)
      #expect(second.errorText.contains("p-r"))
      #expect(second.errorText.contains("another switch"))
      #expect(connections.broken() == [])
    }

    @Test("two switches on ports of their own in one namespace", arguments: ["auto", "pcap"])
    func disjointPorts(datapath: String) throws {
      let site = try Site(servers: 2)
      defer { site.remove() }
      try site.serve()
      let other = try Site(servers: 1)
      defer { other.remove() }
      try site.ip("sw", "link add p-x type veth peer name x\nlink set p-x up\nlink set x up")
      let first = try site.start(SiteConfiguration(site))
      try first.awaitMembers()
      let second = try site.start(
        SiteConfiguration(site, ["x"], datapath: datapath).with { $0.ports = ["p-x"] }, as: "b")
      #expect(try Conversations(8, at: site).servers.count > 0)
      #expect(try second.stop() == 0)
      #expect(try Conversations(8, at: site).servers.count > 0)
      #expect(try first.stop() == 0)
    }

    @Test("two switches in two namespaces, where interfaces have the same numbers; each goes alone")
    func twoNamespaces() throws {
      let sites = [try Site(servers: 2), try Site(servers: 2)]
      defer { for site in sites { site.remove() } }
      for site in sites {
        try site.serve()
        try site.start(SiteConfiguration(site)).awaitMembers()
      }
      for site in sites { #expect(try Conversations(8, at: site).servers.count > 0) }
      #expect(try sites[0].daemons[0].stop() == 0)
      let connections = try Conversations(8, at: sites[1])
      // Its pins are still there: the filesystem was not taken from under it.
      sites[1].daemons[0].kill()
      let again = try sites[1].start(SiteConfiguration(sites[1]))
      #expect(again.said.contains("adopted"))
      #expect(connections.broken() == [])
    }

    @Test("without privileges: the missing capabilities are named")
    func unprivileged() throws {
      let site = try Site(servers: 1)
      defer { site.remove() }
      let before = try settled(site)
      let nobody = try site.refused(
        SiteConfiguration(site), wrapper: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"])
      #expect(nobody.status == 2)
      for name in ["CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_BPF", "CAP_PERFMON"] {
        #expect(nobody.errorText.contains(name))
      }
      let partly = try site.refused(
        SiteConfiguration(site, datapath: "xdp"),
        wrapper: [
          "setpriv", "--bounding-set=-net_raw,-bpf,-sys_admin", "--inh-caps=-net_raw,-bpf,-sys_admin",
        ])
      #expect(partly.status == 2)
      #expect(partly.errorText.contains("missing: CAP_NET_RAW, CAP_BPF;"))
      #expect(try site.surroundings() == before)
    }

    @Test("auto without the right to load programs is pcap, and says why")
    func withoutXDP() throws {
      let site = try Site(servers: 2)
      defer { site.remove() }
      try site.serve()
      let dropped = "-bpf,-sys_admin,-perfmon"
      let daemon = try site.start(
        SiteConfiguration(site),
        wrapper: ["setpriv", "--bounding-set=\(dropped)", "--inh-caps=\(dropped)"])
      let version = try daemon.version()
      #expect(version?.datapath == "pcap")
      #expect(version?.datapath_reason.contains("CAP_BPF") == true)
      try daemon.awaitMembers()
      #expect(try Conversations(24, at: site).servers == ["s1", "s2"])
      #expect(try daemon.stop() == 0)
    }

    @Test("ports that can't be ports are refused, with nothing changed")
    func impossiblePorts() throws {
      let site = try Site(servers: 1)
      defer { site.remove() }
      let before = try settled(site)
      let absent = try site.refused(
        SiteConfiguration(site, ["a"]).with { $0.ports = ["p-a", "p-b"] })
      #expect(absent.status == 2)
      #expect(absent.errorText.contains("none of the ports exists in this network namespace: p-a, p-b"))
      let loopback = try site.refused(SiteConfiguration(site).with { $0.ports.append("lo") })
      #expect(loopback.status == 2)
      #expect(loopback.errorText.contains("port lo is not an Ethernet interface"))
      #expect(try site.surroundings() == before)
    }

    @Test("where nothing can be written, the switch does not start, and changes nothing")
    func readOnly() throws {
      let site = try Site(servers: 1)
      defer { site.remove() }
      let before = try settled(site)
      let result = try site.refused(
        SiteConfiguration(site),
        wrapper: [
          "unshare", "-m", "sh", "-c", "mount -t tmpfs -o ro none /run/flowswitch && exec \"$@\"", "-",
        ])
      #expect(result.status == 2)
      #expect(result.errorText.contains("/run/flowswitch"))
      let full = try site.refused(
        SiteConfiguration(site),
        wrapper: [
          "unshare", "-m", "sh", "-c",
          "mount -t tmpfs -o size=4k none /run/flowswitch && head -c 4096 /dev/zero > /run/flowswitch/x && exec \"$@\"",
          "-",
        ])
      #expect(full.status == 2)
      #expect(full.errorText.contains("/run/flowswitch"))
      #expect(try site.surroundings() == before)
    }

    @Test(
      "without a BPF filesystem one is mounted, and goes with the switch that mounted it, unless others use it"
    )
    func mounts() throws {
      let site = try Site(servers: 1)
      defer { site.remove() }
      try site.serve()
      // In a mount namespace of its own: the machine's filesystem is not touched.
      let script = """
        set -eu
        umount /sys/fs/bpf 2>/dev/null || true
        start() { "$1" run --config "$2" 2> "$3" & pid=$!; for i in $(seq 300); do
          grep -q 'ready; control' "$3" && return; sleep 0.1; done; cat "$3"; exit 9; }
        mounted() { grep -q ' /sys/fs/bpf bpf ' /proc/self/mounts; }
        stop() { kill "$1"; wait "$1"; }
        ! mounted
        start "$1" "$2" "$4/log-a"; a=$pid
        mounted
        start "$1" "$3" "$4/log-b"; b=$pid
        stop $a
        mounted
        ls /sys/fs/bpf/flowswitch
        stop $b
        ! mounted
        echo done
        """
      try site.ip("sw", "link add p-x type veth peer name x\nlink set p-x up\nlink set x up")
      let files = [
        try site.write(SiteConfiguration(site), as: ""),
        try site.write(SiteConfiguration(site, ["x"]).with { $0.ports = ["p-x"] }, as: "b"),
      ]
      let result = try Program(
        "unshare", ["-m", "sh", "-c", script, "-", Executable.flowswitch()] + files + [site.folder]
      ).inside(namespace: site.namespace).run(within: .seconds(120))
      #expect(result.status == 0, "\(result.errorText)\(result.text)")
      #expect(result.text == "\(site.name)b\ndone\n")
    }
  }
}
