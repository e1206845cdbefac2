import Glibc
import SwitchModel
import Testing
import Wire

@testable import Lab

extension LiveTests {
  /// A client behind the router, by a link that carries less than the servers send. The router's ICMP errors must reach the
  /// server whose flow they are about: each flow has a source of its own, so that no server knows the path before.
  @Suite("X4 path MTU discovery")
  struct PathMTU {
    struct Row: Sendable, CustomTestStringConvertible {
      var testDescription: String {
        "\(mtu)\(isIPv6 ? ", IPv6" : "")\(isFlooded ? ", under a flood of fragments" : "")"
      }
      var mtu: Int
      var isIPv6 = false
      var isFlooded = false
    }
    static let rows = [
      Row(mtu: 1400), Row(mtu: 1280), Row(mtu: 1400, isIPv6: true), Row(mtu: 1280, isIPv6: true),
      Row(mtu: 1400, isFlooded: true), Row(mtu: 1280, isIPv6: true, isFlooded: true),
    ]
    private static let flows = 6

    @Test("X4 bulk TCP and UDP that may not be fragmented go on through a narrow path", arguments: rows)
    func narrow(_ row: Row) throws {
      let site = try Site(servers: 3)
      let client = "\(site.name)-c"
      defer {
        _ = try? Program("ip", ["netns", "delete", client]).run()
        site.remove()
      }
      try build(site, client, mtu: row.mtu)
      let address = row.isIPv6 ? "fd09::100" : Site.address
      let servers = try site.servers.map { try BulkServer(namespace: "\(site.name)-\($0)", address: address) }
      defer { for server in servers { server.stop() } }
      let daemon = try site.start(FloodScene.configuration(site, site.servers))
      try daemon.awaitMembers()
      var flood: FloodRun?
      var sinks: [FloodSink] = []
      if row.isFlooded {
        let mac = try #require(try daemon.clusters().first.flatMap { MACAddress($0.virtual_mac) })
        sinks = try site.servers.map { try FloodSink(site, host: $0) }
        flood = try FloodRun(.fragments(later: false, to: mac), at: site)
      }
      defer { _ = try? flood?.stop() }
      let sources = (0..<PathMTU.flows).map { row.isIPv6 ? "fd08::\($0 + 10)" : "10.8.0.\($0 + 10)" }
      for source in sources {
        #expect(try stream(client, from: source, to: address) == BulkServer.bytes, "TCP to \(source)")
        let sizes = try datagrams(client, from: source, to: address)
        #expect(sizes == [row.mtu - (row.isIPv6 ? 48 : 28)], "UDP to \(source)")
      }
      if row.isFlooded { #expect(sinks.contains { $0.frames > 0 }) }
      #expect(try daemon.stop() == 0)
    }

    private func build(_ site: Site, _ client: String, mtu: Int) throws {
      try Program("ip", ["netns", "add", client]).succeed()
      try site.ip(
        "r",
        """
        link add net type veth peer name eth0 netns \(client)
        link set net mtu \(mtu) up
        addr add 10.8.0.1/24 dev net
        addr add fd08::1/64 dev net nodad
        addr add fd09::1/64 dev eth0 nodad
        """)
      // The client's own link is as wide as any: what it says of itself tells the servers nothing.
      let addresses = (0..<PathMTU.flows).map {
        "addr add 10.8.0.\($0 + 10)/24 dev eth0\naddr add fd08::\($0 + 10)/64 dev eth0 nodad"
      }
      try site.ip(
        "c",
        (["link set lo up", "link set eth0 up"] + addresses + [
          "route add default via 10.8.0.1", "route add ::/0 via fd08::1",
        ]).joined(separator: "\n"))
      try Program("sysctl", ["-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"])
        .inside(namespace: "\(site.name)-r").succeed()
      for server in site.servers {
        try site.ip(
          server,
          "addr add fd09::100/64 dev eth0 nodad\nroute add default via 10.9.0.1\nroute add ::/0 via fd09::1")
      }
    }

    /// Bytes that came.
    private func stream(_ namespace: String, from source: String, to address: String) throws -> Int {
      let socket = try inNamespace(namespace) { SocketAddress(source).bound(SOCK_STREAM) }
      defer { close(socket) }
      var limit = timeval(tv_sec: 20, tv_usec: 0)
      setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      guard SocketAddress(address, BulkServer.port).with({ connect(socket, $0, $1) }) == 0 else { return -1 }
      var bytes = [UInt8](repeating: 0, count: 1 << 16)
      var sum = 0
      while true {
        let count = recv(socket, &bytes, bytes.count, 0)
        if count <= 0 { return sum }
        sum += count
      }
    }

    /// The sizes of datagrams that came, in order of coming, each once.
    private func datagrams(_ namespace: String, from source: String, to address: String) throws -> [Int] {
      let socket = try inNamespace(namespace) { SocketAddress(source).bound(SOCK_DGRAM) }
      defer { close(socket) }
      _ = SocketAddress(address, BulkServer.port).with { connect(socket, $0, $1) }
      var bytes = [UInt8](repeating: 0, count: 1 << 12)
      var sizes: [Int] = []
      for _ in 0..<8 {
        _ = send(socket, bytes, 1, 0)
        if isReady(socket, Int32(POLLIN), seconds: 3) { break }
      }
      for _ in 0..<10 where isReady(socket, Int32(POLLIN), seconds: 2) {
        let count = recv(socket, &bytes, bytes.count, 0)
        if count > 0, !sizes.contains(count) { sizes.append(count) }
      }
      return sizes
    }
  }
}
