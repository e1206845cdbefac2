public import Wire

/// Where a piece of a datagram stands; `offset` in bytes.
public struct Piece: Hashable, Sendable {
  public var id: Int
  public var offset: Int
  public var more: Bool

  public init(id: Int, offset: Int, more: Bool) {
    self.id = id
    self.offset = offset
    self.more = more
  }
}

/// IPv6 headers before the upper layer.
public enum ExtensionHeader: Hashable, Sendable {
  case hopByHop
  case routing
  case destinationOptions
  case mobility
  /// Options of that many bytes, a multiple of eight.
  case long(Int)
  case fragment(Piece)

  var number: UInt8 {
    switch self {
    case .hopByHop: 0
    case .routing: 43
    case .destinationOptions, .long: 60
    case .mobility: 135
    case .fragment: 44
    }
  }

  func bytes(next: UInt8) -> [UInt8] {
    switch self {
    case .fragment(let piece): [next, 0] + .be16(piece.offset | (piece.more ? 1 : 0)) + .be32(piece.id)
    case .long(let size):
      [next, UInt8(size / 8 - 1), 1, UInt8(min(size - 4, 255))] + [UInt8](repeating: 0, count: size - 4)
    case .hopByHop, .routing, .destinationOptions, .mobility: [next, 0, 1, 4, 0, 0, 0, 0]
    }
  }
}

extension NetworkPayload {
  /// - Parameters:
  ///   - options: bytes between the header and the upper layer, a multiple of four.
  ///   - total: the total length that the header claims; nil: the truth.
  ///   - headerWords: the header length that it claims, in words; nil: the truth.
  public static func ipv4(
    _ source: IPAddress, _ destination: IPAddress, _ upper: UpperPayload, options: [UInt8] = [],
    piece: Piece? = nil, ttl: Int = 64, version: Int = 4, headerWords: Int? = nil, total: Int? = nil
  ) -> NetworkPayload {
    let words = 5 + options.count / 4
    let body = upper.finished(source, destination)
    let field = piece.map { $0.offset / 8 | ($0.more ? 0x2000 : 0) } ?? 0x4000
    var header: [UInt8] = [UInt8(version << 4 | (headerWords ?? words)), 0]
    header += .be16(total ?? words * 4 + body.count) + .be16(piece?.id ?? 0) + .be16(field)
    header += [UInt8(ttl), upper.protocolNumber, 0, 0] + source.bytes + destination.bytes + options
    header.set16(10, header.internetChecksum)
    return NetworkPayload(type: 0x0800, bytes: header + body)
  }

  /// - Parameters:
  ///   - headers: between the IPv6 header and the upper layer.
  ///   - payloadLength: the length that the header claims; nil: the truth.
  public static func ipv6(
    _ source: IPAddress, _ destination: IPAddress, _ upper: UpperPayload, headers: [ExtensionHeader] = [],
    hopLimit: Int? = nil, version: Int = 6, payloadLength: Int? = nil
  ) -> NetworkPayload {
    var body = upper.finished(source, destination)
    var next = upper.protocolNumber
    for header in headers.reversed() {
      body = header.bytes(next: next) + body
      next = header.number
    }
    var header: [UInt8] = [UInt8(version << 4), 0, 0, 0] + .be16(payloadLength ?? body.count)
    header += [next, UInt8(hopLimit ?? (upper.isNeighbourDiscovery ? 255 : 64))]
    return NetworkPayload(type: 0x86dd, bytes: header + source.bytes + destination.bytes + body)
  }

  /// IPv4 or IPv6, as the addresses are.
  public static func ip(_ source: IPAddress, _ destination: IPAddress, _ upper: UpperPayload)
    -> NetworkPayload
  {
    source.isIPv6 ? ipv6(source, destination, upper) : ipv4(source, destination, upper)
  }

  /// A datagram in pieces of `size` bytes of payload (a multiple of eight).
  public static func pieces(
    _ source: IPAddress, _ destination: IPAddress, _ upper: UpperPayload, id: Int, size: Int
  ) -> [NetworkPayload] {
    let body = upper.finished(source, destination)
    return stride(from: 0, to: body.count, by: size).map { offset in
      let end = min(offset + size, body.count)
      let part = UpperPayload.other(upper.protocolNumber, Array(body[offset..<end]))
      let piece = Piece(id: id, offset: offset, more: end < body.count)
      return source.isIPv6
        ? ipv6(source, destination, part, headers: [.fragment(piece)])
        : ipv4(source, destination, part, piece: piece)
    }
  }
}
