#if canImport(Wire)
  public import Wire
#endif

/// Adding and removing an 802.1Q tag. The target moves the frame's begin; the bytes are then put right here.
public enum Retag {
  /// The 12 bytes of both MACs.
  public struct Addresses {
    var first: UInt64
    var second: UInt32

    @inline(__always)
    public init(of frame: Frame) {
      first = frame.raw64(0)
      second = frame.raw32(8)
    }
  }

  /// `frame` begins four bytes earlier than before. False: too short.
  @inline(__always)
  public static func push(_ frame: Frame, _ addresses: Addresses, vlan: UInt32) -> Bool {
    guard frame.has(18) else { return false }
    frame.setRaw64(0, addresses.first)
    frame.setRaw32(8, addresses.second)
    frame.setRaw16(12, EtherType.vlan)
    frame.set16(14, UInt16(truncatingIfNeeded: vlan & 0xfff))
    return true
  }

  /// `frame` begins four bytes later than before. False: too short.
  @inline(__always)
  public static func pop(_ frame: Frame, _ addresses: Addresses) -> Bool {
    guard frame.has(14) else { return false }
    frame.setRaw64(0, addresses.first)
    frame.setRaw32(8, addresses.second)
    return true
  }
}
