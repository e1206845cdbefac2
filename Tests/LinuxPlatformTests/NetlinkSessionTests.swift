import SystemPackage
import Testing
import Wire

@testable import LinuxPlatform

@Suite("Netlink: addresses, neighbours, routes, rules", .enabled(if: Namespace.isRoot, Namespace.reason))
struct NetlinkSessionTests {
  /// A namespace with a veth pair `a0`/`b0`, both up.
  private func withPair(_ body: (NetlinkSession, UInt32) throws -> Void) throws {
    try Namespace.new {
      let session = try NetlinkSession()
      try session.createVeth("a0", mac: MACAddress(2, 0, 0, 0, 0, 1), peer: "b0", mtu: 1400)
      for name in ["a0", "b0"] {
        let link = try #require(try session.link(named: name))
        try session.setUp(true, of: link.index)
      }
      try body(session, try #require(try session.link(named: "a0")).index)
    }
  }

  @Test func aPairIsMadeLookedUpAndDeleted() throws {
    try withPair { session, index in
      let link = try #require(try session.link(index: index))
      let peer = try #require(try session.link(named: "b0"))
      #expect(link.name == "a0")
      #expect(link.kind == "veth")
      #expect(link.mac == MACAddress(2, 0, 0, 0, 0, 1))
      #expect(link.mtu == 1400)
      #expect(peer.mtu == 1400)
      #expect(link.lower == peer.index)
      #expect(!link.isLowerForeign)
      #expect(link.isEthernet)
      #expect(link.transmitQueues > 0)
      #expect(try session.links().map(\.name).sorted() == ["a0", "b0", "lo"])
      let taken = try #require(throws: SystemError.self) { try session.createVeth("a0", peer: "c0") }
      #expect(taken.code == .fileExists)
      try session.deleteLink(index: index)
      #expect(try session.link(named: "b0") == nil)
      #expect(try session.link(index: index) == nil)
      let gone = try #require(throws: SystemError.self) { try session.deleteLink(index: index) }
      #expect(gone.isAbsence)
    }
  }

  @Test func linkPropertiesAreChangedOneByOne() throws {
    try withPair { session, index in
      try session.setPromiscuous(true, of: index)
      try session.setARP(false, of: index)
      try session.setMTU(1300, of: index)
      try session.setMACAddress(MACAddress(2, 0, 0, 0, 0, 7), of: index)
      var link = try #require(try session.link(index: index))
      #expect(link.flags.contains([.up, .promiscuous, .noARP]))
      #expect(link.promiscuity == 1)
      #expect(link.mtu == 1300)
      #expect(link.mac == MACAddress(2, 0, 0, 0, 0, 7))
      try session.setPromiscuous(false, of: index)
      try session.setARP(true, of: index)
      try session.setUp(false, of: index)
      link = try #require(try session.link(index: index))
      #expect(link.flags.isDisjoint(with: [.up, .promiscuous, .noARP]))
    }
  }

  @Test func refusalsCarryTheKernelsWords() throws {
    try withPair { session, index in
      let error = try #require(throws: SystemError.self) { try session.setMTU(10, of: index) }
      #expect(error.code == .invalidArgument)
      // An extended acknowledgement (NLMSGERR_ATTR_MSG).
      #expect(error.detail.contains("mtu"))
      #expect(error.description.contains("set the MTU"))
      // The session goes on after a refusal.
      #expect(try session.link(index: index)?.mtu == 1400)
    }
  }

  @Test("addresses", arguments: ["10.9.0.1/24", "fd09::1/64", "10.9.0.1/32"])
  func addresses(text: String) throws {
    let address = try #require(IPPrefix(text))
    try withPair { session, index in
      try session.addAddress(address, to: index)
      let found = try #require(try session.addresses(of: index).first { $0.address == address })
      #expect(found.isPermanent)
      #expect(!found.isLinkLocal)
      #expect(!found.isTentative)
      let twice = try #require(throws: SystemError.self) { try session.addAddress(address, to: index) }
      #expect(twice.code == .fileExists)
      try session.deleteAddress(address, from: index)
      #expect(try !session.addresses(of: index).contains { $0.address == address })
      let gone = try #require(throws: SystemError.self) { try session.deleteAddress(address, from: index) }
      #expect(gone.isAbsence)
    }
  }

  @Test("neighbours", arguments: ["10.9.0.2", "fd09::2"])
  func neighbours(text: String) throws {
    let address = try #require(IPAddress(text))
    try withPair { session, index in
      let first = Neighbour(interface: index, address: address, mac: MACAddress(2, 0, 0, 0, 1, 1))
      let second = Neighbour(interface: index, address: address, mac: MACAddress(2, 0, 0, 0, 1, 2))
      try session.addNeighbour(first)
      #expect(try session.neighbours(of: index).filter { $0.state == .permanent } == [first])
      let twice = try #require(throws: SystemError.self) { try session.addNeighbour(second) }
      #expect(twice.code == .fileExists)
      try session.replaceNeighbour(second)
      #expect(try session.neighbours().filter { $0.state == .permanent } == [second])
      try session.deleteNeighbour(address, of: index)
      #expect(try !session.neighbours(of: index).contains { $0.address == address && $0.state == .permanent })
      // A second time: IPv4 keeps a failed entry for a while, IPv6 none.
      _ = try? session.deleteNeighbour(address, of: index)
    }
  }

  /// What a probe of one member needs (architecture, decision 5): a table of its own, large numbers too.
  @Test(
    "on-link routes", arguments: [("10.9.8.7/32", "10.99.0.1"), ("fd09:1::7/128", "fd99::1")],
    [5000, 300_000])
  func routes(texts: (String, String), table: Int) throws {
    let destination = try #require(IPPrefix(texts.0))
    let gateway = try #require(IPAddress(texts.1))
    try withPair { session, index in
      let route = Route(
        destination: destination, gateway: gateway, interface: index, table: UInt32(table), isOnLink: true,
        metric: 7)
      try session.addRoute(route)
      #expect(try session.routes(table: UInt32(table)) == [route])
      let twice = try #require(throws: SystemError.self) { try session.addRoute(route) }
      #expect(twice.code == .fileExists)
      try session.replaceRoute(route)
      #expect(try session.routes(table: UInt32(table)) == [route])
      try session.deleteRoute(route)
      #expect(try session.routes(table: UInt32(table)) == [])
      let gone = try #require(throws: SystemError.self) { try session.deleteRoute(route) }
      #expect(gone.isAbsence)
    }
  }

  @Test("default and connected routes", arguments: ["0.0.0.0/0", "10.8.0.0/16", "::/0", "fd08::/48"])
  func routesWithoutGateway(text: String) throws {
    let destination = try #require(IPPrefix(text))
    try withPair { session, index in
      let route = Route(destination: destination, interface: index, table: 77, metric: 1024)
      try session.addRoute(route)
      #expect(try session.routes(table: 77) == [route])
      try session.deleteRoute(route)
      #expect(try session.routes(table: 77) == [])
    }
  }

  @Test("rules", arguments: [false, true], [UInt32.max, 0xff00])
  func rules(isIPv6: Bool, mask: UInt32) throws {
    try withPair { session, _ in
      let rule = RoutingRule(isIPv6: isIPv6, mark: 0xf500, mask: mask, table: 300_000, priority: 1234)
      let before = try session.rules()
      #expect(before.contains { $0.priority == 32766 && $0.table == 254 && $0.mark == nil })
      try session.addRule(rule)
      #expect(try session.rules().filter { $0.origin == .flowSwitch } == [rule])
      let twice = try #require(throws: SystemError.self) { try session.addRule(rule) }
      #expect(twice.code == .fileExists)
      try session.deleteRule(rule)
      #expect(try session.rules() == before)
      let gone = try #require(throws: SystemError.self) { try session.deleteRule(rule) }
      #expect(gone.isAbsence)
    }
  }

  @Test func aLargeDumpIsWhole() throws {
    try withPair { session, index in
      for i in 0..<1500 {
        try session.addRoute(
          Route(
            destination: IPPrefix(IPAddress(10, 77, UInt8(i >> 8), UInt8(i & 255))), interface: index,
            table: 4000))
      }
      #expect(Set(try session.routes(table: 4000).map(\.destination)).count == 1500)
    }
  }

  /// Sixteen attempts of a dump under constant change either give a whole list or say so; they never hang or crash.
  @Test func aDumpWhileLinksChangeEnds() throws {
    try withPair { session, _ in
      // Enough that a dump takes several messages, and can be interrupted.
      for i in 0..<60 { try session.createVeth("p\(i)", peer: "q\(i)") }
      let storm = try PlatformThread(name: "storm") {
        guard let own = try? NetlinkSession() else { return }
        for i in 0..<200 {
          try? own.createVeth("x\(i % 7)", peer: "y\(i % 7)")
          if let link = try? own.link(named: "x\((i + 3) % 7)") { try? own.deleteLink(index: link.index) }
        }
      }
      defer { storm.join() }
      for _ in 0..<200 {
        do throws(SystemError) {
          #expect(try session.links().contains { $0.name == "a0" })
        } catch {
          #expect(error.code == .resourceTemporarilyUnavailable)
        }
      }
    }
  }
}
