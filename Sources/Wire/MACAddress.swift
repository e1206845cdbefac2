/// A 48-bit IEEE 802 address, held as it stands on the wire: the first byte in the lowest bits, the upper 16 zero.
public struct MACAddress: Hashable, Sendable {
  public var raw: UInt64

  @inline(__always)
  public init(raw: UInt64) { self.raw = raw & 0xffff_ffff_ffff }

  @inline(__always)
  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, _ e: UInt8, _ f: UInt8) {
    raw =
      UInt64(a) | UInt64(b) << 8 | UInt64(c) << 16 | UInt64(d) << 24 | UInt64(e) << 32
      | UInt64(f) << 40
  }

  /// The address as a number whose highest byte is the first on the wire, so that `number + 1` is the next address.
  @inline(__always)
  public init(number: UInt64) { raw = number.byteSwapped >> 16 }

  @inline(__always)
  public var number: UInt64 { raw.byteSwapped >> 16 }

  @inline(__always)
  public var isMulticast: Bool { raw & 1 != 0 }

  @inline(__always)
  public var isLocallyAdministered: Bool { raw & 2 != 0 }

  @inline(__always)
  public static var broadcast: MACAddress { MACAddress(raw: 0xffff_ffff_ffff) }

  @inline(__always)
  public static var zero: MACAddress { MACAddress(raw: 0) }
}
