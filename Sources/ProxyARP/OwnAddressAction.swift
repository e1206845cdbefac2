public import Wire

/// What control has to do for an `AddressFinder`.
public enum OwnAddressAction: Hashable, Sendable {
  /// Send the frame out of the switch's own interface; it is a broadcast or multicast with its VLAN tag.
  case send([UInt8])
  /// The address is the switch's: the interface is to have it.
  case use(IPPrefix, vlan: VLANID)
  /// The address is no longer the switch's.
  case release(IPPrefix, vlan: VLANID)
  /// Another host claims the switch's address, or the one that it wants. Of an address that is to be found only when it
  /// was in use, or remembered. To be reported; the same at most once a `conflictHold`.
  case conflict(IPAddress, vlan: VLANID, with: MACAddress, configured: Bool)
  /// Every address of the subnet is taken or avoided. It is tried again later.
  case exhausted(in: IPPrefix, vlan: VLANID)
}
