import CTables

/// What the pipeline noted of a packet for a cluster (`fs_port.note`).
public struct PacketNote: Hashable, Sendable {
  /// Its index in the tables.
  public var cluster: Int?
  public var member: Int?
  /// The flow, or the fragmented datagram, had an entry.
  public var isKnown: Bool
  /// That it came on, of a packet for a cluster.
  public var vlan: UInt16

  init(word: UInt64) {
    let number = Int(truncatingIfNeeded: word >> UInt64(FS_NOTE_CLUSTER_SHIFT))
    let chosen = Int(truncatingIfNeeded: word & UInt64(FS_MEMBER_MASK))
    cluster = number == 0 ? nil : number - 1
    member = chosen == 0 ? nil : chosen
    vlan = UInt16(truncatingIfNeeded: word >> UInt64(FS_NOTE_VLAN_SHIFT) & 0xfff)
    isKnown = word & UInt64(FS_NOTE_KNOWN) != 0
  }
}
