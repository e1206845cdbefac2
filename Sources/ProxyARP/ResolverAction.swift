public import Wire

/// What control has to do for a `MemberResolver`.
public enum ResolverAction: Hashable, Sendable {
  /// Send the frame out of the port.
  case send(port: Int, frame: [UInt8])
  /// The member's MAC is known: for the first time, or again after it was lost.
  case resolved(member: UInt32, mac: MACAddress)
  /// The member answers with another MAC, and no longer with the old one.
  case changed(member: UInt32, old: MACAddress, new: MACAddress)
  /// The member does not answer any more. Its last MAC may be used further: that is control's policy.
  case lost(member: UInt32, mac: MACAddress)
  case conflict(MemberConflict)
}
