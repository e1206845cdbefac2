import Glibc
import Testing
import Wire

@testable import LinuxPlatform

/// Architecture, decision 5: what the kernel is told so that probes reach single members.
@Suite("The ways of probes", .enabled(if: Namespace.isRoot, Namespace.reason))
struct ProbeRoutesTests {
  private struct Kernel: Equatable {
    var rules: Set<RoutingRule>
    var routes: Set<Route>
    var neighbours: Set<Neighbour>

    init(_ interface: UInt32) throws {
      let session = try NetlinkSession()
      rules = Set(try session.rules().filter { $0.origin == .flowSwitch })
      routes = Set(try session.routes().filter { $0.origin == .flowSwitch })
      neighbours = Set(try session.neighbours(of: interface))
    }

    var isEmpty: Bool { rules.isEmpty && routes.isEmpty && neighbours.isEmpty }
  }

  private static let mac = MACAddress(2, 0xf5, 0, 0, 0, 0xfe)

  private func withInterface(_ body: (Link) throws -> Void) throws {
    try Namespace.new {
      let v4 = try #require(IPPrefix("10.50.0.254/24"))
      let v6 = try #require(IPPrefix("fd50::fe/64"))
      try body(try OwnInterface.ensure(switchName: "t1", mac: Self.mac, addresses: [v4, v6]).host)
    }
  }

  private func way(_ member: Int, _ address: String, source: String? = nil) throws -> ProbeRoute {
    ProbeRoute(
      member: member, address: try #require(IPAddress(address)),
      mac: MACAddress(number: 0xaef5_5000_0000 | UInt64(member)), source: source.flatMap { IPAddress($0) })
  }

  @Test("WO 99/33227, H12: rule, route and neighbour of a member, as they are documented")
  func contents() throws {
    try withInterface { host in
      let routes = ProbeRoutes(interface: host)
      let ways = [
        try way(1, "10.50.0.100", source: "10.50.0.254"), try way(300, "10.50.0.100"),
        try way(2, "fd50::100"),
      ]
      try routes.apply(ways)
      let kernel = try Kernel(host.index)
      #expect(routes.mark(member: 1) == 0b010 << 29 | (host.index % 2048) << 18 | 1)
      #expect(
        Set(kernel.neighbours.map { "\($0.address) \($0.mac.map { "\($0)" } ?? "-")" }) == [
          "169.254.0.1 ae:f5:50:00:00:01", "169.254.1.44 ae:f5:50:00:01:2c",
          "fe80::f5:0:2 ae:f5:50:00:00:02",
        ])
      #expect(kernel.neighbours.allSatisfy { $0.state == .permanent })
      #expect(
        Set(
          kernel.routes.map {
            "\($0.destination) \($0.gateway.map { "\($0)" } ?? "-") \($0.table) \($0.source.map { "\($0)" } ?? "-")"
          }) == [
            "10.50.0.100 169.254.0.1 \(routes.mark(member: 1)) 10.50.0.254",
            "10.50.0.100 169.254.1.44 \(routes.mark(member: 300)) -",
            "fd50::100 fe80::f5:0:2 \(routes.mark(member: 2)) -",
          ])
      #expect(kernel.routes.allSatisfy { $0.isOnLink })
      let v4 = try NetlinkSession().rules().filter { $0.origin == .flowSwitch && !$0.isIPv6 }
      let base = try #require(v4.first).priority
      // In the kernel's order: what is not ours goes past all of them.
      #expect(
        v4.map(\.action) == [
          .goTo(base + 127), .goTo(base + 2), .goTo(base + 3), .pass, .lookUp, .pass, .lookUp, .pass,
        ])
      #expect(v4.map(\.isInverted) == [true, false, false, false, false, false, false, false])
      #expect(
        v4.filter { $0.action == .lookUp }.map(\.table) == [routes.mark(member: 1), routes.mark(member: 300)])
    }
  }

  @Test("applying is idempotent, follows changes, and leaves nothing")
  func life() throws {
    try withInterface { host in
      let routes = ProbeRoutes(interface: host)
      let first = [try way(1, "10.50.0.100"), try way(2, "10.50.0.100"), try way(3, "fd50::100")]
      try routes.apply(first)
      let made = try Kernel(host.index)
      try routes.apply(first)
      #expect(try Kernel(host.index) == made)

      // Another address and family, another source, a member gone, another MAC; by a second run, which finds the first's.
      var second = [
        try way(1, "fd50::100"), try way(3, "fd50::100", source: "fd50::fe"), try way(4, "10.50.0.101"),
      ]
      second[1].mac = MACAddress(2, 0, 0, 0, 0, 7)
      try ProbeRoutes(interface: host).apply(second)
      let changed = try Kernel(host.index)
      try ProbeRoutes.removeAll(interface: host.index)
      #expect(try Kernel(host.index).isEmpty)
      try ProbeRoutes(interface: host).apply(second)
      #expect(try Kernel(host.index) == changed)
      try routes.apply([])
      #expect(try Kernel(host.index).isEmpty)
    }
  }

  @Test("what a killed daemon left half made is completed, or removed")
  func leftOvers() throws {
    try withInterface { host in
      let routes = ProbeRoutes(interface: host)
      let ways = try (1...3).map { try way($0, "10.50.0.100") }
      try routes.apply(ways)
      let whole = try Kernel(host.index)
      let session = try NetlinkSession()
      // Rules are made in the order of the list, so each beginning of it can be found.
      let order = try #require(
        ProbeRules.find(ProbeMark(interface: host.index), among: try session.rules())
      ).rules([1, 2, 3], isIPv6: false)
      for kept in 1..<order.count {
        for rule in order[kept...] { try session.deleteRule(rule) }
        try routes.apply(ways)
        #expect(try Kernel(host.index) == whole)
        for rule in order[kept...] { try session.deleteRule(rule) }
        try ProbeRoutes.removeAll(interface: host.index)
        #expect(try Kernel(host.index).isEmpty, "\(kept) rules were left")
        try routes.apply(ways)
      }
    }
  }

  @Test("two switches of a namespace do not meet, nor others' rules")
  func neighbours() throws {
    try withInterface { host in
      let other = try OwnInterface.ensure(switchName: "t2", mac: MACAddress(2, 0xf5, 0, 0, 1, 0xfe)).host
      let session = try NetlinkSession()
      // A stranger's rule stands where the first would go.
      let wanted = try #require(ProbeRules.find(ProbeMark(interface: host.index), among: try session.rules()))
      let stranger = RoutingRule(
        isIPv6: true, mark: 7, table: 7, priority: wanted.base + 5, origin: .administrator)
      try session.addRule(stranger)
      let ways = [try way(1, "10.50.0.100"), try way(2, "fd50::100")]
      try ProbeRoutes(interface: host).apply(ways)
      try ProbeRoutes(interface: other).apply(ways)
      let places = ProbeRules.all(among: try session.rules())
      #expect(places.count == 2)
      #expect(places.allSatisfy { !$0.range.contains(stranger.priority) })
      #expect(
        Set(places.map(\.mark)) == [ProbeMark(interface: host.index), ProbeMark(interface: other.index)])
      try ProbeRoutes.removeAll(interface: host.index)
      let remaining = ProbeRules.all(among: try session.rules())
      #expect(remaining.map(\.mark) == [ProbeMark(interface: other.index)])
      #expect(try session.rules().contains(stranger))
      // The second's interface goes without a word; its rules are left, until the next switch comes by.
      try session.deleteLink(index: other.index)
      let left = try session.rules().filter { $0.origin == .flowSwitch }
      #expect(!left.isEmpty)
      try ProbeRoutes(interface: host).apply([])
      #expect(try session.rules().filter { $0.origin == .flowSwitch } == [])
    }
  }

  @Test(
    "WO 99/33227, H12: a connection with a member's mark begins with a frame to its MAC",
    arguments: ["10.50.0.100", "fd50::100"])
  func connection(address: String) throws {
    try withInterface { host in
      let routes = ProbeRoutes(interface: host)
      // In one group, in another, in another that shares its place with the first.
      let members = [1, 2, 300, 124 * 256 + 1]
      let ways = try members.map { try way($0, address) }
      try routes.apply(ways)
      var capture = try PacketCapture(interface: "fsp-t1", filter: "tcp")
      for way in ways {
        let descriptor = socket(
          way.address.isIPv6 ? AF_INET6 : AF_INET,
          Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        defer { close(descriptor) }
        var mark = routes.mark(member: way.member)
        #expect(setsockopt(descriptor, SOL_SOCKET, SO_MARK, &mark, 4) == 0)
        #expect(Self.connect(descriptor, way.address) != 0 && errno == EINPROGRESS)
        var seen: MACAddress?
        let isSeen = try eventually {
          try capture.read { frame in
            if seen == nil {
              seen = MACAddress(
                frame.bytes[0], frame.bytes[1], frame.bytes[2], frame.bytes[3], frame.bytes[4], frame.bytes[5]
              )
            }
          } > 0
        }
        #expect(isSeen)
        #expect(seen == way.mac)
      }
    }
  }

  private static func connect(_ descriptor: Int32, _ address: IPAddress) -> Int32 {
    if address.isIPv6 {
      var to = sockaddr_in6()
      to.sin6_family = sa_family_t(AF_INET6)
      to.sin6_port = in_port_t(7777).bigEndian
      withUnsafeMutableBytes(of: &to.sin6_addr) { $0.copyBytes(from: address.bytes) }
      return connect(descriptor, to)
    }
    var to = sockaddr_in()
    to.sin_family = sa_family_t(AF_INET)
    to.sin_port = in_port_t(7777).bigEndian
    withUnsafeMutableBytes(of: &to.sin_addr) { $0.copyBytes(from: address.bytes) }
    return connect(descriptor, to)
  }

  private static func connect<Address>(_ descriptor: Int32, _ address: Address) -> Int32 {
    withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
  }

  @Test("a thousand members: nothing is missing, nothing stays")
  func thousand() throws {
    try withInterface { host in
      let routes = ProbeRoutes(interface: host)
      let ways = try (1...1000).map { try way($0, $0 % 2 == 0 ? "10.50.0.100" : "fd50::100") }
      try routes.apply(ways)
      let kernel = try Kernel(host.index)
      #expect(kernel.routes.count == 1000)
      #expect(kernel.neighbours.count == 1000)
      // In each family: 500 members, four groups and their four beginnings, the guardian and the end.
      #expect(kernel.rules.count == 2 * (500 + 4 + 4 + 2))
      try ProbeRoutes.removeAll(interface: host.index)
      #expect(try Kernel(host.index).isEmpty)
    }
  }
}
