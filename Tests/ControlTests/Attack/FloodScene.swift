import Foundation
import Glibc
import SwitchModel
import Wire

@testable import Lab

/// A switch with servers, connections that are to survive, and sinks at the servers. s4 is there, and no member at first.
final class FloodScene {
  /// How long a flood lasts: `make attack` says longer.
  static let seconds =
    ProcessInfo.processInfo.environment["FLOWSWITCH_ATTACK_SECONDS"].flatMap { Double($0) } ?? 1.5
  /// So many frames at the least, of each flood.
  static let frames = 500_000

  /// A server that is no member. One that floods drowns its own answers in its own queue, before the switch has them.
  static let bystander = "s4"

  let site: Site
  let daemon: Daemon
  let sinks: [FloodSink]
  private(set) var connections: Conversations
  private let talk: Talk
  private let datagrams: DatagramTalk
  private let memory: Int
  private let maps: Int
  let web: MACAddress
  let web6: MACAddress

  init(datapath: String = "xdp") throws {
    site = try Site(servers: 4)
    do {
      try site.ip("r", "addr add fd09::1/64 dev eth0 nodad")
      for server in site.servers {
        try site.ip(server, "addr add fd09::100/64 dev eth0 nodad\nroute add default via 10.9.0.1")
      }
      try site.serve()
      daemon = try site.start(FloodScene.configuration(site, ["s1", "s2", "s3"], datapath: datapath))
      try daemon.awaitMembers()
      let clusters = try daemon.clusters()
      guard let first = MACAddress(clusters[0].virtual_mac), let second = MACAddress(clusters[1].virtual_mac)
      else { throw SiteFailure("no virtual MACs: \(clusters)") }
      (web, web6) = (first, second)
      sinks = try site.servers.map { [site] in try FloodSink(site, host: $0) }
      connections = try Conversations(24, at: site)
      talk = try Talk(site)
      datagrams = try DatagramTalk(site, flows: 16)
      memory = daemon.residentBytes
      maps = daemon.mapBytes
    } catch {
      site.remove()
      throw error
    }
  }

  static func configuration(_ site: Site, _ members: [String], datapath: String = "xdp") -> SiteConfiguration
  {
    SiteConfiguration(site, members, datapath: datapath).with {
      $0.settle = "60s"
      $0.observe = "3s"
      $0.more =
        (["  - name: web6", "    address: \"fd09::100\"", "    members:"]
        + members.map { "      - {name: \($0), port: p-\($0), mac: \"\(site.mac($0))\"}" })
        .joined(separator: "\n")
    }
  }

  /// Every server's sink together.
  var delivered: UInt64 { sinks.reduce(0) { $0 + $1.frames } }

  /// Established flows that are not answered by the server that they had.
  func broken() -> [String] {
    connections.broken() + datagrams.broken
  }

  /// The router has forgotten who has the shared addresses, and asks.
  func forgetNeighbours() throws {
    try site.ip("r", "neigh flush dev eth0")
  }

  /// What the router then has; nil: nobody answered.
  func neighbour(_ address: String) throws -> MACAddress? {
    let result = try Program("ip", ["neigh", "show", address, "dev", "eth0"])
      .inside(namespace: "\(site.name)-r").run()
    let words = result.text.split(separator: " ")
    return words.firstIndex(of: "lladdr").flatMap { MACAddress(String(words[$0 + 1])) }
  }

  /// Asks with real ARP and ND, again and again until it is answered: what asks in a full queue may be lost.
  func resolve() throws -> [String] {
    try [(Site.address, web), ("fd09::100", web6)].compactMap { address, mac in
      var found: MACAddress?
      _ = try Waiting.until(within: .seconds(20)) {
        _ = try Program("ping", ["-n", "-c", "1", "-W", "1", address])
          .inside(namespace: "\(site.name)-r").run()
        found = try neighbour(address)
        return found != nil
      }
      return found == mac ? nil : "\(address) is at \(found.map(\.description) ?? "nobody")"
    }
  }

  /// Memory that the daemon has more than at first: its own, and its maps'.
  var growth: (own: Int, maps: Int) { (daemon.residentBytes - memory, daemon.mapBytes - maps) }

  /// How often the connection that was asked all along was answered, and what broke it.
  func end() -> (answers: Int, failure: String?) {
    let flows = datagrams.stop()
    let talked = talk.stop()
    return (min(flows, talked.answers), talked.failure)
  }
}

extension Daemon {
  /// What its maps take, as the kernel accounts for them.
  var mapBytes: Int {
    var sizes: [String: Int] = [:]
    for file in TextFile.names(in: "/proc/\(pid)/fdinfo") {
      let lines = (TextFile.read("/proc/\(pid)/fdinfo/\(file)") ?? "").split(separator: "\n")
      func field(_ name: String) -> Substring? {
        lines.first { $0.hasPrefix(name) }?.split(whereSeparator: \.isWhitespace).last
      }
      if let map = field("map_id:"), let size = field("memlock:").flatMap({ Int($0) }) {
        sizes[String(map)] = size
      }
    }
    return sizes.values.reduce(0, +)
  }

  func sum(_ rows: [DropRow], at port: String) -> UInt64 {
    rows.filter { $0.port == port }.reduce(0) { $0 + $1.packets }
  }
}
