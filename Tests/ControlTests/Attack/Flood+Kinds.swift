import Support
import Wire

// What is sent at a site's switch. Offsets are of an untagged frame.
extension Flood {
  static let router: MACAddress = "02:00:00:09:01:01"
  static let address: IPAddress = "10.9.0.100"
  static let address6: IPAddress = "fd09::100"
  private static let none: IPAddress = "0.0.0.0"

  /// The source's address, and the IPv4 header's checksum.
  private static let source = Patch(offset: 26, word: .source)
  private static let headerSum = Sum(offset: 24)

  static func tcp(_ name: String, _ flags: TCPFlags, to cluster: MACAddress) -> Flood {
    Flood(
      name: name,
      frame: TestFrame(from: router, to: cluster, .ipv4(none, address, .tcp(0, 80, flags))),
      patches: [source, Patch(offset: 34, word: .random, size: 2)],
      sums: [headerSum, Sum(offset: 50, randoms: 1)])
  }

  static func udp(to cluster: MACAddress) -> Flood {
    Flood(
      name: "UDP",
      frame: TestFrame(from: router, to: cluster, .ipv4(none, address, .udp(0, 53))),
      patches: [source, Patch(offset: 34, word: .random, size: 2)],
      sums: [headerSum, Sum(offset: 40, randoms: 1)])
  }

  static func syn6(to cluster: MACAddress) -> Flood {
    Flood(
      name: "SYN, IPv6",
      frame: TestFrame(from: router, to: cluster, .ipv6("2001:db8::", address6, .tcp(0, 80, .syn))),
      patches: [Patch(offset: 34, word: .source), Patch(offset: 54, word: .random, size: 2)],
      sums: [Sum(offset: 70, randoms: 1)])
  }

  /// First fragments whose rest never comes, or later ones whose first never came.
  static func fragments(later: Bool, to cluster: MACAddress) -> Flood {
    let piece = Piece(id: 0, offset: later ? 1480 : 0, more: true)
    return Flood(
      name: later ? "later fragments" : "first fragments",
      frame: TestFrame(from: router, to: cluster, .ipv4(none, address, .udp(7, 53), piece: piece)),
      patches: [source, Patch(offset: 18, word: .random, size: 2)], sums: [Sum(offset: 24, randoms: 1)])
  }

  /// About packets that no member sent.
  static func errors(to cluster: MACAddress) -> Flood {
    let quoted = NetworkPayload.ipv4(address, none, .tcp(80, 0, .ack))
    return Flood(
      name: "ICMP errors",
      frame: TestFrame(
        from: router, to: cluster, .ipv4(none, address, .icmpError(type: 3, code: 4, about: quoted))),
      patches: [
        source, Patch(offset: 58, word: .source), Patch(offset: 64, word: .random, size: 2),
      ], sums: [headerSum, Sum(offset: 36, randoms: 1)])
  }

  /// Everybody asks for the shared address: the datapath answers.
  static func questions() -> Flood {
    Flood(
      name: "ARP requests",
      frame: TestFrame(
        from: "02:f1:00:00:00:00", to: .broadcast,
        .arp(.request, sender: none, "02:f1:00:00:00:00", target: address)),
      patches: [8, 24, 28].map { Patch(offset: $0, word: .source) })
  }

  /// Somebody says that the shared address is theirs, each time from another MAC: punted.
  static func claims(from host: String) -> Flood {
    Flood(
      name: "ARP claims at \(host)", host: host,
      frame: TestFrame(
        from: "02:f1:00:00:00:00", to: .broadcast,
        .arp(.request, sender: address, "02:f1:00:00:00:00", target: address)),
      patches: [8, 24].map { Patch(offset: $0, word: .source) })
  }

  /// Solicitations for the shared address: the datapath answers.
  static func solicitations() -> Flood {
    Flood(
      name: "ND solicitations",
      frame: TestFrame(
        from: "02:f1:00:00:00:00", to: "33:33:ff:00:01:00",
        .ipv6("fe80::", "ff02::1:ff00:100", .neighbourSolicitation(address6, option: "02:f1:00:00:00:00"))),
      patches: [8, 34, 82].map { Patch(offset: $0, word: .source) }, sums: [Sum(offset: 56, sources: 2)])
  }

  /// To stations that do not exist: flooded out of every port.
  static func unknownUnicast() -> Flood {
    Flood(
      name: "unknown unicast",
      frame: TestFrame(from: router, to: "02:f2:00:00:00:00", .ipv4(none, "10.9.0.77", .udp(7, 53))),
      patches: [source, Patch(offset: 2, word: .source)], sums: [headerSum, Sum(offset: 40)])
  }

  /// Each frame from another MAC, to a server's: the table of stations is filled.
  static func stations(from host: String = "r") -> Flood {
    Flood(
      name: "source MACs at \(host)", host: host,
      frame: TestFrame(
        from: "02:f1:00:00:00:00", to: "02:00:00:09:05:02", .ipv4(none, "10.9.0.77", .udp(7, 53))),
      patches: [source, Patch(offset: 8, word: .source)], sums: [headerSum, Sum(offset: 40)])
  }

  /// The servers take it as if it came from clients, and answer.
  var answered: Flood {
    Flood(
      name: "\(name), answered", frame: frame, patches: patches, sums: sums,
      firstSource: Flood.firstAnswered)
  }
}
