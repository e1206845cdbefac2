/// MACs by which the switch itself reaches one member: `ae:f5:50` and the member's number. Frames for them come from the
/// switch's own port only, and nobody may speak as one. So a probe goes to that member alone, by way of the kernel's
/// own stack, whether or not the member is given any traffic.
public enum ProbeAddress {
  /// The first three bytes, as a word of the wire.
  @inline(__always)
  static var prefix: UInt64 { 0x50_f5ae }

  /// `mac`: bits 0...47 as on the wire.
  @inline(__always)
  public static func isOne(_ mac: UInt64) -> Bool { mac & 0xff_ffff == prefix }

  /// The number of the member that a probe MAC is for.
  @inline(__always)
  public static func member(_ mac: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: mac.byteSwapped >> 16) & 0x3ffff
  }

  /// The probe MAC of a member, bits 0...47 as on the wire.
  @inline(__always)
  public static func mac(member: UInt32) -> UInt64 {
    prefix | UInt64((member & 0x3ffff).byteSwapped >> 8) << 24
  }
}
