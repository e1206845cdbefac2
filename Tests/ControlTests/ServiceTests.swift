import Glibc
import SwitchModel
import Testing

@testable import Lab

extension LiveTests {
  @Suite("clusters of kinds")
  struct Kinds {
    @Test(
      "H11: one primary gets everything; when it fails the next follows, and it does not come back by itself",
      arguments: ["auto", "pcap"])
    func availability(datapath: String) throws {
      let site = try Site()
      defer { site.remove() }
      try site.serve()
      let configuration = SiteConfiguration(site, datapath: datapath).with {
        $0.clusters[0].mode = "availability"
      }
      var daemon = try site.start(configuration)
      try daemon.awaitMembers {
        $0.map(\.state) == ["primary", "secondary-operational", "secondary-operational"]
      }
      #expect(try Conversations(16, at: site).servers == ["s1"])
      try site.setCarrier("s1", up: false)
      try daemon.awaitMembers { $0.map(\.state) == ["secondary-failed", "primary", "secondary-operational"] }
      let connections = try Conversations(16, at: site)
      #expect(connections.servers == ["s2"])
      try site.setCarrier("s1", up: true)
      try daemon.awaitMembers {
        $0.map(\.state) == ["secondary-operational", "primary", "secondary-operational"]
      }
      #expect(try Conversations(16, at: site).servers == ["s2"])
      #expect(connections.broken() == [])
      // Nor by a restart.
      daemon.kill()
      daemon = try site.start(configuration)
      try daemon.awaitMembers {
        $0.map(\.state) == ["secondary-operational", "primary", "secondary-operational"]
      }
      #expect(connections.broken() == [])
      #expect(try Conversations(8, at: site).servers == ["s2"])
    }

    @Test("H11: when none is left nothing is answered, and the first that returns is primary")
    func availabilityExhausted() throws {
      let site = try Site(servers: 2)
      defer { site.remove() }
      try site.serve()
      let daemon = try site.start(
        SiteConfiguration(site).with { $0.clusters[0].mode = "availability" })
      try daemon.awaitMembers { $0.map(\.state) == ["primary", "secondary-operational"] }
      for server in site.servers { try site.setCarrier(server, up: false) }
      try daemon.awaitMembers { $0.allSatisfy { $0.state == "secondary-failed" } }
      #expect(try daemon.clusters()[0].state == "failed")
      try site.setCarrier("s2", up: true)
      try daemon.awaitMembers { $0.map(\.state) == ["secondary-failed", "primary"] }
      #expect(try Conversations(8, at: site).servers == ["s2"])
    }

    @Test(
      "H6: services of one address go to clusters of their own; all else is dropped, with its reason",
      arguments: ["auto", "pcap"])
    func services(datapath: String) throws {
      let site = try Site()
      defer { site.remove() }
      try site.serve(ports: [80, 53, 81])
      let daemon = try site.start(
        SiteConfiguration(site, datapath: datapath).with {
          $0.clusters = [
            .init(name: "web", services: ["tcp/80"], members: ["s1", "s2"]),
            .init(name: "dns", services: ["udp/53"], members: ["s3"]),
          ]
        })
      try daemon.awaitMembers()
      #expect(try Conversations(24, at: site).servers == ["s1", "s2"])
      for _ in 0..<8 { #expect(site.askUDP(port: 53) == "s3") }
      for (port, isUDP) in [(81 as UInt16, false), (53, false), (80, true)] {
        let before = try noService(daemon)
        let socket = try Datagram(namespace: "\(site.name)-r", address: Site.address, port: port)
        if isUDP {
          #expect(socket.ask(tries: 1) == nil)
        } else {
          #expect(site.connect(port: port, seconds: 2) == nil)
        }
        #expect(try noService(daemon) > before)
      }
    }

    private func noService(_ daemon: Daemon) throws -> UInt64 {
      try daemon.drops().filter { $0.reason == "no-service" }.map(\.packets).reduce(0, +)
    }
  }
}
