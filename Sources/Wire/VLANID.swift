/// An 802.1Q VLAN identifier, 0...4094. 0 stands for untagged and priority-tagged frames (IEEE 802.1Q §9.6).
public struct VLANID: Hashable, Sendable {
  public var raw: UInt16

  @inline(__always)
  public init(raw: UInt16) { self.raw = raw & 0xfff }

  @inline(__always)
  public static var untagged: VLANID { VLANID(raw: 0) }
}
