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
  /// The member answers a router's or another host's question for the shared address: it would draw the cluster's traffic
  /// to itself, past the switch. (Servers are told not to by `arp_ignore`.)
  case answersOthers(member: UInt32, address: IPAddress, mac: MACAddress, to: MACAddress)
  /// The member never answered, though it was asked for long: does it carry the address? Once until it answers.
  case silent(member: UInt32, address: IPAddress)
}
