import Glibc
import SwitchModel
import Testing

@testable import Lab

extension LiveTests {
  @Suite("interfaces that come and go")
  struct Interfaces {
    @Test(
      "an interface that vanishes and returns is a port again, and its member is found",
      arguments: ["auto", "pcap"])
    func vanishes(datapath: String) throws {
      let site = try Site(servers: 2)
      defer { site.remove() }
      try site.serve()
      let daemon = try site.start(SiteConfiguration(site, datapath: datapath))
      try daemon.awaitMembers()
      let connections = try Conversations(16, at: site)
      try site.unplug("s1")
      try daemon.awaitMembers { $0.contains { $0.name == "s1" && $0.state == "failed" && $0.buckets == 0 } }
      #expect(try daemon.ports().first { $0.name == "p-s1" }?.link == "absent")
      #expect(try Conversations(8, at: site).servers == ["s2"])
      #expect(connections.broken(besides: ["s1"]) == [])

      try site.plug("s1")
      try daemon.awaitMembers()
      #expect(try daemon.ports().first { $0.name == "p-s1" }?.link == "up")
      #expect(connections.broken(besides: ["s1"]) == [])
      #expect(try Conversations(32, at: site).servers == ["s1", "s2"])
    }

    @Test("the router's interface vanishes and returns")
    func routerVanishes() throws {
      let site = try Site(servers: 2)
      defer { site.remove() }
      try site.serve()
      let daemon = try site.start(SiteConfiguration(site))
      try daemon.awaitMembers()
      try site.unplug("r")
      try site.plug("r")
      #expect(try Waiting.until(within: .seconds(20)) { try daemon.ports()[0].link == "up" })
      #expect(try Conversations(16, at: site).servers == ["s1", "s2"])
    }

    @Test("an interface that comes after the start is taken")
    func comesLate() throws {
      let site = try Site(servers: 2)
      defer { site.remove() }
      try site.unplug("s2")
      let daemon = try site.start(SiteConfiguration(site))
      #expect(daemon.said.contains("port p-s2: there is no such interface; it is taken when it comes"))
      try daemon.awaitMembers { $0[0].state == "operational" && $0[1].state == "unresolved" }
      try site.plug("s2")
      try site.serve()
      try daemon.awaitMembers()
      #expect(try Conversations(32, at: site).servers == ["s1", "s2"])
    }

    @Test("a renamed interface is no port; with its name it is one again")
    func renamed() throws {
      let site = try Site(servers: 2)
      defer { site.remove() }
      try site.serve()
      let daemon = try site.start(SiteConfiguration(site))
      try daemon.awaitMembers()
      try site.ip("sw", "link set p-s1 name other")
      try daemon.awaitMembers { $0.contains { $0.name == "s1" && $0.state == "failed" } }
      let link = try Program("ip", ["-n", site.namespace, "-d", "link", "show", "other"]).succeed().text
      #expect(!link.contains("xdp") && !link.contains("PROMISC") && !link.contains("NOARP"))
      #expect(try Conversations(8, at: site).servers == ["s2"])
      try site.ip("sw", "link set other name p-s1")
      try daemon.awaitMembers()
      #expect(try Conversations(32, at: site).servers == ["s1", "s2"])
    }

    @Test(
      "a member whose link goes down loses its buckets at once; when it returns it gets new flows only",
      arguments: ["auto", "pcap"])
    func linkDown(datapath: String) throws {
      let site = try Site()
      defer { site.remove() }
      try site.serve()
      let daemon = try site.start(SiteConfiguration(site, datapath: datapath))
      try daemon.awaitMembers()
      let connections = try Conversations(24, at: site)
      #expect(connections.servers.count == 3)
      try site.setCarrier("s1", up: false)
      try daemon.awaitMembers { $0.contains { $0.name == "s1" && $0.state == "failed" } }
      let after = try daemon.buckets()
      #expect(after.allSatisfy { $0.member != "s1" && $0.previous != "s1" && $0.state == "steady" })
      #expect(connections.broken(besides: ["s1"]) == [])
      let later = try Conversations(24, at: site)
      #expect(later.servers == ["s2", "s3"])

      try site.setCarrier("s1", up: true)
      try daemon.awaitMembers()
      let moved = try daemon.buckets().filter { $0.member == "s1" }
      #expect(!moved.isEmpty && moved.allSatisfy { $0.previous != nil && $0.state != "steady" })
      #expect(connections.broken(besides: ["s1"]) == [])
      #expect(later.broken() == [])
      #expect(try Conversations(40, at: site).servers == ["s1", "s2", "s3"])
      #expect(later.broken() == [])
    }

    @Test("the operator takes a port down and up again at the switch")
    func administrativelyDown() throws {
      let site = try Site(servers: 2)
      defer { site.remove() }
      try site.serve()
      let daemon = try site.start(SiteConfiguration(site))
      try daemon.awaitMembers()
      try site.setLink("p-s1", up: false)
      try daemon.awaitMembers { $0.contains { $0.name == "s1" && $0.state == "failed" } }
      #expect(try Conversations(8, at: site).servers == ["s2"])
      try site.setLink("p-s1", up: true)
      try daemon.awaitMembers()
      #expect(try Conversations(32, at: site).servers == ["s1", "s2"])
    }
  }
}
