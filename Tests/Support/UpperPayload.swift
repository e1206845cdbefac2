public import Wire

/// TCP flags (RFC 9293 §3.1).
public struct TCPFlags: OptionSet, Hashable, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  public static let fin = TCPFlags(rawValue: 1)
  public static let syn = TCPFlags(rawValue: 2)
  public static let rst = TCPFlags(rawValue: 4)
  public static let psh = TCPFlags(rawValue: 8)
  public static let ack = TCPFlags(rawValue: 16)
}

/// What an IP header carries. The checksum is put in when the addresses are known.
public struct UpperPayload: Sendable {
  var protocolNumber: UInt8
  public var bytes: [UInt8]
  /// Where a checksum goes.
  private var checksumAt: Int?
  private var hasPseudoHeader = true

  private init(_ number: UInt8, _ bytes: [UInt8], checksumAt: Int? = nil, hasPseudoHeader: Bool = true) {
    protocolNumber = number
    self.bytes = bytes
    self.checksumAt = checksumAt
    self.hasPseudoHeader = hasPseudoHeader
  }

  var isNeighbourDiscovery: Bool { protocolNumber == 58 && (133...137).contains(bytes.first ?? 0) }

  func finished(_ source: IPAddress, _ destination: IPAddress) -> [UInt8] {
    guard let checksumAt else { return bytes }
    var copy = bytes
    let pseudo: [UInt8] =
      hasPseudoHeader
      ? source.bytes + destination.bytes + .be32(bytes.count) + [0, 0, 0, protocolNumber] : []
    copy.set16(checksumAt, (pseudo + bytes).internetChecksum)
    return copy
  }

  public static func other(_ number: UInt8, _ bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]) -> UpperPayload {
    UpperPayload(number, bytes)
  }

  public static func tcp(_ source: Int, _ destination: Int, _ flags: TCPFlags, _ data: [UInt8] = [])
    -> UpperPayload
  {
    let ports: [UInt8] = .be16(source) + .be16(destination)
    let header: [UInt8] = ports + .be32(1000) + .be32(2000) + [0x50, UInt8(flags.rawValue)] + .be16(512)
    return UpperPayload(6, header + [0, 0, 0, 0] + data, checksumAt: 16)
  }

  public static func udp(_ source: Int, _ destination: Int, _ data: [UInt8] = [UInt8]("data".utf8))
    -> UpperPayload
  {
    let ports: [UInt8] = .be16(source) + .be16(destination)
    return UpperPayload(17, ports + .be16(8 + data.count) + [0, 0] + data, checksumAt: 6)
  }

  /// A QUIC version 1 Initial (RFC 9000 §17.2.2), as far as anybody looks.
  public static func quic(_ source: Int, _ destination: Int = 443) -> UpperPayload {
    udp(
      source, destination,
      [0xc3, 0, 0, 0, 1, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0] + [UInt8](repeating: 0xa5, count: 40))
  }

  public static func sctp(_ source: Int, _ destination: Int) -> UpperPayload {
    UpperPayload(132, .be16(source) + .be16(destination) + .be32(1) + .be32(0) + [1, 0, 0, 4])
  }

  public static func esp(spi: Int, _ data: [UInt8] = [UInt8](repeating: 0xe5, count: 32)) -> UpperPayload {
    UpperPayload(50, .be32(spi) + .be32(1) + data)
  }

  /// An authentication header, and what it protects.
  public static func ah(spi: Int, _ inner: UpperPayload) -> UpperPayload {
    UpperPayload(
      51,
      [inner.protocolNumber, 4, 0, 0] + .be32(spi) + .be32(1) + [UInt8](repeating: 0xaa, count: 12)
        + inner.bytes)
  }

  public static func gre(_ inner: NetworkPayload) -> UpperPayload { UpperPayload(47, [0, 0] + inner.typed) }

  /// IPv4 or IPv6 in IP.
  public static func ipip(_ inner: NetworkPayload) -> UpperPayload {
    UpperPayload(inner.type == 0x86dd ? 41 : 4, inner.bytes)
  }

  public static func icmpEcho(id: Int, sequence: Int = 1, reply: Bool = false, size: Int = 16) -> UpperPayload
  {
    UpperPayload(
      1, [reply ? 0 : 8, 0, 0, 0] + .be16(id) + .be16(sequence) + [UInt8](repeating: 0x2a, count: size),
      checksumAt: 2, hasPseudoHeader: false)
  }

  public static func icmpv6Echo(id: Int, reply: Bool = false, size: Int = 16) -> UpperPayload {
    UpperPayload(
      58, [reply ? 129 : 128, 0, 0, 0] + .be16(id) + .be16(1) + [UInt8](repeating: 0x2a, count: size),
      checksumAt: 2)
  }

  /// An error about `packet`, of which at most `keep` bytes are quoted.
  public static func icmpError(type: Int, code: Int = 0, about packet: NetworkPayload, keep: Int = 28)
    -> UpperPayload
  {
    UpperPayload(
      1, [UInt8(type), UInt8(code), 0, 0, 0, 0, 5, 0xdc] + packet.bytes.prefix(keep), checksumAt: 2,
      hasPseudoHeader: false)
  }

  public static func icmpv6Error(type: Int, code: Int = 0, about packet: NetworkPayload, keep: Int = 1232)
    -> UpperPayload
  {
    UpperPayload(
      58, [UInt8(type), UInt8(code), 0, 0, 0, 0, 5, 0xdc] + packet.bytes.prefix(keep), checksumAt: 2)
  }
}

/// Neighbour discovery (RFC 4861 §4).
extension UpperPayload {
  /// `option`: the source link-layer address; nil: none.
  public static func neighbourSolicitation(_ target: IPAddress, option: MACAddress?, extra: [UInt8] = [])
    -> UpperPayload
  {
    UpperPayload(
      58, [135, 0, 0, 0, 0, 0, 0, 0] + target.bytes + (option.map { [1, 1] + $0.bytes } ?? []) + extra,
      checksumAt: 2)
  }

  /// `flags`: 0x80 router, 0x40 solicited, 0x20 override.
  public static func neighbourAdvertisement(_ target: IPAddress, flags: UInt8, option: MACAddress?)
    -> UpperPayload
  {
    UpperPayload(
      58, [136, 0, 0, 0, flags, 0, 0, 0] + target.bytes + (option.map { [2, 1] + $0.bytes } ?? []),
      checksumAt: 2)
  }

  public static func routerSolicitation(option: MACAddress?) -> UpperPayload {
    UpperPayload(
      58, [133, 0, 0, 0, 0, 0, 0, 0] + (option.map { [1, 1] + $0.bytes } ?? []), checksumAt: 2)
  }

  /// `before`: options that come first. `type`: of the source link-layer address option.
  public static func routerAdvertisement(
    before: [UInt8] = [], type: UInt8 = 1, option: MACAddress
  ) -> UpperPayload {
    UpperPayload(
      58, [134, 0, 0, 0, 64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0] + before + [type, 1] + option.bytes,
      checksumAt: 2)
  }
}
