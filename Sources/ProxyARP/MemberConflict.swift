public import Wire

/// What contradicts the model of one MAC a member and one port a member (H13). Reported, once in a while; what was
/// known stays.
public enum MemberConflict: Hashable, Sendable {
  /// A second MAC behind the member's port answers for its address while the first still does.
  case twoMACs(member: UInt32, first: MACAddress, second: MACAddress)
  /// Another MAC than the configured one answers for the shared address behind the member's port.
  case notConfigured(member: UInt32, configured: MACAddress, claimed: MACAddress)
  /// An address is claimed behind a port where no member has it. `member` names the one whose MAC it is: it was plugged
  /// in elsewhere, or the wires make a loop.
  case wrongPort(address: IPAddress, vlan: VLANID, port: Int, mac: MACAddress, member: UInt32?)
  /// The member's answer was not believed.
  case refused(member: UInt32, mac: MACAddress, reason: MACRefusal)
}
