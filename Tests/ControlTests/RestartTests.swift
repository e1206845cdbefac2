import Glibc
import SwitchModel
import Testing

@testable import Lab

extension LiveTests {
  /// A killed switch is started again with another configuration; what it left in the kernel, or in its file, goes on.
  @Suite("restart with another configuration")
  struct Restart {
    @Test(
      "X8: an added member gets its share of the buckets, and no connection moves",
      arguments: ["auto", "xdp", "pcap"])
    func memberAdded(datapath: String) throws {
      try change(datapath, from: { $0.clusters[0].members = ["s1", "s2"] }, to: { _ in }) { scene in
        let after = try scene.second.buckets()
        let moved = zip(scene.buckets, after).count { $0.member != $1.member }
        #expect(moved == 1024 / 3 || moved == 1024 / 3 + 1)
        #expect(after.count { $0.member == "s3" } == moved)
        #expect(try Conversations(40, at: scene.site).servers == ["s1", "s2", "s3"])
      }
    }

    @Test(
      "X8: a removed member gets no new flows; its buckets alone move, and no connection breaks",
      arguments: ["auto", "xdp", "pcap"])
    func memberRemoved(datapath: String) throws {
      try change(datapath, from: { _ in }, to: { $0.clusters[0].members = ["s1", "s2"] }) { scene in
        let after = try scene.second.buckets()
        for (old, new) in zip(scene.buckets, after) {
          #expect(old.member == "s3" ? new.previous == "s3" : new.member == old.member)
        }
        #expect(try Conversations(32, at: scene.site).servers == ["s1", "s2"])
      }
    }

    @Test("a removed member is forgotten when its flows are gone, and another one may come in its place")
    func removedMemberSettles() throws {
      let site = try Site()
      defer { site.remove() }
      try site.serve()
      let all = SiteConfiguration(site).with {
        $0.settle = "500ms"
        $0.observe = "100ms"
      }
      let first = try site.start(all)
      try first.awaitMembers()
      _ = try Conversations(12, at: site)
      first.kill()
      let second = try site.start(all.with { $0.clusters[0].members = ["s1", "s2"] })
      #expect(
        try Waiting.until(within: .seconds(30)) {
          second.said.contains("web/s3, which is no member any more, has no flows left")
        })
      #expect(try second.buckets().allSatisfy { $0.state == "steady" && $0.member != "s3" })
      second.kill()
      let third = try site.start(all)
      try third.awaitMembers()
      #expect(try Conversations(40, at: site).servers == ["s1", "s2", "s3"])
    }

    @Test("a cluster comes, and goes")
    func clusters() throws {
      let site = try Site()
      defer { site.remove() }
      let other = "10.9.0.101"
      for server in site.servers { try site.ip(server, "addr add \(other)/24 dev eth0") }
      try site.serve()
      try site.serve(address: other)
      let one = SiteConfiguration(site)
      let two = one.with {
        $0.clusters.insert(.init(name: "other", address: other, members: ["s2", "s3"]), at: 0)
      }
      let first = try site.start(one)
      try first.awaitMembers()
      let connections = try Conversations(16, at: site)
      first.kill()
      let second = try site.start(two)
      try second.awaitMembers()
      #expect(connections.broken() == [])
      #expect(site.connect(other)?.ask() != nil)
      let mac = try second.clusters().first { $0.name == "web" }?.virtual_mac
      second.kill()
      let third = try site.start(one)
      #expect(connections.broken() == [])
      #expect(try third.clusters().map(\.virtual_mac) == [mac])
      #expect(try Conversations(16, at: site).broken() == [])
    }

    @Test("a cluster gets more buckets: no connection moves", arguments: [2048, 8192])
    func moreBuckets(count: Int) throws {
      try change("auto", from: { _ in }, to: { $0.clusters[0].buckets = count }) { scene in
        let after = try scene.second.buckets()
        #expect(after.count == count)
        // The quotas are even, give or take one.
        let moved = after.filter { $0.member != scene.buckets[$0.index % 1024].member }
        #expect(moved.count <= count / 1024)
        #expect(moved.allSatisfy { $0.previous == scene.buckets[$0.index % 1024].member })
      }
    }

    @Test("a cluster gets fewer buckets: it goes on")
    func fewerBuckets() throws {
      let site = try Site()
      defer { site.remove() }
      try site.serve()
      let first = try site.start(SiteConfiguration(site))
      try first.awaitMembers()
      first.kill()
      let second = try site.start(SiteConfiguration(site).with { $0.clusters[0].buckets = 64 })
      try second.awaitMembers()
      #expect(try Conversations(40, at: site).servers == ["s1", "s2", "s3"])
    }

    @Test("a port is removed: it is as it was found, nothing is sent there, and the rest goes on")
    func portRemoved() throws {
      let site = try Site()
      defer { site.remove() }
      try site.serve()
      // The host's own IPv6 would send there, too.
      try Program("sysctl", ["-qw", "net.ipv6.conf.default.disable_ipv6=1"]).inside(namespace: site.namespace)
        .succeed()
      try site.unplug("s3")
      try site.plug("s3")
      let before = try portText(site, "p-s3")
      let first = try site.start(SiteConfiguration(site))
      try first.awaitMembers()
      let connections = try Conversations(24, at: site)
      first.kill()
      let second = try site.start(
        SiteConfiguration(site, ["s1", "s2"]).with { $0.ports.removeAll { $0 == "p-s3" } })
      #expect(try portText(site, "p-s3") == before)
      #expect(connections.broken(besides: ["s3"]) == [])
      let seen = try (received(site, "s2"), received(site, "s3"))
      // A broadcast, to every port.
      _ = try Program("ping", ["-c1", "-W1", "10.9.0.77"]).inside(namespace: "\(site.name)-r").run()
      #expect(try received(site, "s2") > seen.0)
      #expect(try received(site, "s3") == seen.1)
      #expect(try second.stop() == 0)
    }

    @Test("from XDP to pcap and back, connections go on")
    func datapaths() throws {
      let site = try Site()
      defer { site.remove() }
      try site.serve()
      let before = try settled(site)
      // Buckets as no start from nothing would give them: s3 came later.
      let quick = SiteConfiguration(site, ["s1", "s2"], datapath: "xdp").with {
        $0.settle = "300ms"
        $0.observe = "100ms"
      }
      try site.start(quick).awaitMembers()
      _ = try Conversations(4, at: site)
      site.daemons[0].kill()
      var daemon = try site.start(quick.with { $0.clusters[0].members = site.servers })
      try daemon.awaitMembers()
      #expect(
        try Waiting.until(within: .seconds(20)) { try daemon.buckets().allSatisfy { $0.state == "steady" } })
      let buckets = try daemon.buckets().map(\.member)
      let connections = try Conversations(16, at: site)
      for datapath in ["pcap", "xdp-generic", "pcap", "xdp", "tc", "xdp-generic", "tc", "xdp", "pcap", "tc"] {
        daemon.kill()
        daemon = try site.start(SiteConfiguration(site, datapath: datapath))
        #expect(try daemon.version()?.datapath == datapath)
        #expect(try daemon.buckets().map(\.member) == buckets)
        #expect(connections.broken() == [], "\(daemon.said)")
        let link = try Program("ip", ["-n", site.namespace, "link", "show"]).succeed().text
        #expect(link.contains("xdp") == datapath.hasPrefix("xdp"))
      }
      #expect(try daemon.stop() == 0)
      try expect(site, toBe: before, daemon)
    }

    @Test("tables that must grow take along what they hold", arguments: ["auto", "xdp", "pcap"])
    func growth(datapath: String) throws {
      try change(datapath, from: { $0.clusters[0].members = ["s1", "s2"] }) {
        for number in 0..<40 {
          $0.clusters.append(
            .init(
              name: "more\(number)", address: "10.9.1.\(number + 1)", buckets: 4096, members: ["s1", "s2"]))
        }
      } check: { scene in
        #expect(scene.second.said.contains("tables adopted from an earlier run"))
        let after = try scene.second.buckets()
        let moved = zip(scene.buckets, after).count { $0.member != $1.member }
        #expect((1024 / 3...1024 / 3 + 1).contains(moved))
        #expect(try scene.second.members().contains { $0.cluster == "web" && $0.packets > 0 })
        #expect(try Conversations(40, at: scene.site).servers == ["s1", "s2", "s3"])
      }
    }

    @Test("auto stays with generic XDP where it chose that")
    func autoStaysGeneric() throws {
      let site = try Site(servers: 2)
      defer { site.remove() }
      try site.serve()
      // It is no port of a machine or a container, and its driver has no native XDP.
      try site.ip("sw", "link add odd type ifb\nlink set odd up")
      let configuration = SiteConfiguration(site).with { $0.ports.append("odd") }
      let first = try site.start(configuration)
      #expect(try first.version()?.datapath == "xdp-generic")
      let reason = try first.version()?.datapath_reason
      #expect(reason?.contains("odd") == true)
      try first.awaitMembers()
      let connections = try Conversations(16, at: site)
      first.kill()
      let second = try site.start(configuration)
      #expect(try second.version()?.datapath == "xdp-generic")
      #expect(try second.version()?.datapath_reason == reason)
      #expect(!second.said.contains("error"))
      #expect(connections.broken() == [])
    }

    @Test("auto takes tc where every port is virtual, says so, and goes on with it")
    func autoTakesTC() throws {
      let site = try Site(servers: 2)
      defer { site.remove() }
      try site.serve()
      let first = try site.start(SiteConfiguration(site))
      #expect(try first.version()?.datapath == "tc")
      let reason = try first.version()?.datapath_reason
      #expect(reason?.contains("veth") == true)
      try first.awaitMembers()
      let connections = try Conversations(16, at: site)
      first.kill()
      #expect(connections.broken() == [])
      let second = try site.start(SiteConfiguration(site))
      #expect(try second.version()?.datapath == "tc")
      #expect(try second.version()?.datapath_reason == reason)
      #expect(second.said.contains("tables adopted from an earlier run"))
      #expect(connections.broken() == [])
    }

    @Test("the ports' order and names do not matter: only what is added and removed")
    func portsReordered() throws {
      let site = try Site()
      defer { site.remove() }
      try site.serve()
      try site.ip("sw", "link add p-x type veth peer name x\nlink set p-x up\nlink set x up")
      let first = try site.start(SiteConfiguration(site))
      try first.awaitMembers()
      let connections = try Conversations(16, at: site)
      first.kill()
      let second = try site.start(
        SiteConfiguration(site, ["s2", "s1"]).with { $0.ports = ["p-x", "p-s2", "p-s1", "p-r"] })
      #expect(!second.said.contains("error"))
      #expect(connections.broken(besides: ["s3"]) == [])
      #expect(try Conversations(24, at: site).servers == ["s1", "s2"])
    }

    @Test(
      "a state file that was damaged, or is gone, costs assignments, not the switch",
      arguments: ["{", nil])
    func damagedState(text: String?) throws {
      let site = try Site()
      defer { site.remove() }
      try site.serve()
      let first = try site.start(SiteConfiguration(site))
      try first.awaitMembers()
      first.kill()
      let file = "/run/flowswitch/\(site.name).state"
      if let text { try TextFile.write(file, text) } else { unlink(file) }
      // Another order: numbers mean something else now.
      let second = try site.start(SiteConfiguration(site, ["s3", "s1", "s2"]).with { $0.ports.reverse() })
      #expect(second.said.contains("damaged") == (text != nil))
      try second.awaitMembers()
      #expect(try Conversations(40, at: site).servers == ["s1", "s2", "s3"])
      #expect(try second.stop() == 0)
    }

    private struct Scene {
      var site: Site
      var buckets: [BucketState]
      var second: Daemon
    }

    private struct BucketState {
      var member: String?
    }

    /// Starts, connects, kills, starts with another configuration, and expects every connection to go on.
    private func change(
      _ datapath: String, from before: (inout SiteConfiguration) -> Void,
      to after: (inout SiteConfiguration) -> Void, check: (Scene) throws -> Void
    ) throws {
      let site = try Site()
      defer { site.remove() }
      try site.serve()
      let base = SiteConfiguration(site, datapath: datapath)
      let first = try site.start(base.with(before))
      try first.awaitMembers()
      let connections = try Conversations(40, at: site)
      let counted = try first.members()
      let buckets = try first.buckets().map { BucketState(member: $0.member) }
      first.kill()
      let second = try site.start(base.with(after))
      #expect(connections.broken() == [], "\(second.said)")
      for now in try second.members() {
        let then = counted.first { $0.cluster == now.cluster && $0.name == now.name }
        #expect(now.packets >= then?.packets ?? 0, "the tables were not taken over")
      }
      try second.awaitMembers { $0.filter { $0.cluster == "web" }.allSatisfy { $0.state == "operational" } }
      // What is observed goes over into what is in transition.
      _ = try Waiting.until(within: .seconds(10)) {
        try !second.buckets().contains { $0.state == "observing" }
      }
      #expect(connections.broken() == [])
      try check(Scene(site: site, buckets: buckets, second: second))
      #expect(connections.broken() == [])
    }

    private func portText(_ site: Site, _ port: String) throws -> String {
      try Program("ip", ["-n", site.namespace, "-d", "link", "show", port]).succeed().text
        + Program("ethtool", ["-k", port]).inside(namespace: site.namespace).succeed().text
    }

    private func received(_ site: Site, _ host: String) throws -> Int {
      let text = try Program("cat", ["/proc/net/dev"]).inside(namespace: "\(site.name)-\(host)").succeed()
        .text
      let line = text.split(separator: "\n").first { $0.contains("eth0:") }
      return line.flatMap { Int($0.split(separator: " ")[2]) } ?? -1
    }
  }
}
