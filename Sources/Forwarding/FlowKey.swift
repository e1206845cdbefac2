/// What tells flows apart. Words in wire order; an IPv4 address is the lower half of its `lo` word.
public struct FlowKey {
  public var sourceHi: UInt64
  public var sourceLo: UInt64
  public var destinationHi: UInt64
  public var destinationLo: UInt64
  /// Source port in the lower half, destination port in the upper, as on the wire; 0 without ports.
  public var ports: UInt32
  public var protocolNumber: UInt8

  @inline(__always)
  public init(
    sourceHi: UInt64, sourceLo: UInt64, destinationHi: UInt64, destinationLo: UInt64, ports: UInt32,
    protocolNumber: UInt8
  ) {
    self.sourceHi = sourceHi
    self.sourceLo = sourceLo
    self.destinationHi = destinationHi
    self.destinationLo = destinationLo
    self.ports = ports
    self.protocolNumber = protocolNumber
  }

  /// The hash that picks the bucket, over the fields that the cluster names (`FS_HASH_*`). `server`: the source MAC.
  @inline(__always)
  public func hash(kind: UInt32, seed: UInt32, isIPv6: Bool, server: UInt64 = 0) -> UInt32 {
    var h = UInt64(seed)
    if kind == 0 {
      if isIPv6 {
        h = fold(h, sourceLo)
        h = fold(h, sourceHi)
        h = fold(h, destinationLo)
        h = fold(h, destinationHi)
      } else {
        h = fold(h, sourceLo | destinationLo << 32)
      }
      h = fold(h, UInt64(ports) | UInt64(protocolNumber) << 32)
    } else if kind == 3 {
      return FlowKey.hash(server: server, seed: seed)
    } else {
      h = fold(h, kind == 1 ? sourceLo : destinationLo)
      if isIPv6 { h = fold(h, kind == 1 ? sourceHi : destinationHi) }
    }
    return FlowKey.finish(h)
  }

  /// The upper half of a product is mixed best; `fold` has brought it down once, this product does the rest.
  @inline(__always)
  static func finish(_ hash: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: (hash &* 0xd6e8_feb8_6659_fd93) >> 32)
  }

  /// The hash by which a server's MAC (bits 0...47, as on the wire) has a bucket (`FS_HASH_SERVER`).
  @inline(__always)
  public static func hash(server: UInt64, seed: UInt32) -> UInt32 {
    finish(fold(UInt64(seed), server))
  }

  /// 64 bits over all fields and a secret, of which the flow and fragment tables keep the most.
  @inline(__always)
  public func tag(seed: UInt64) -> UInt64 {
    var h = fold(seed, sourceLo)
    h = fold(h, sourceHi)
    h = fold(h, destinationLo)
    h = fold(h, destinationHi)
    h = fold(h, UInt64(ports) | UInt64(protocolNumber) << 32)
    return (h &* 0xd6e8_feb8_6659_fd93) ^ (h >> 29)
  }
}
