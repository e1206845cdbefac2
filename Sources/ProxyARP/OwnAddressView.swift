public import Wire

/// What is known of one of the switch's own addresses at the moment, for `show`.
public struct OwnAddressView: Hashable, Sendable {
  public enum State: String, Hashable, Sendable {
    /// Nobody may have it: being asked for.
    case probing
    case used
    /// It is configured, and another host has it.
    case conflict
    /// No address of the subnet is free.
    case exhausted
  }

  public var state: State
  /// The address that is used or probed, with the subnet's length; nil while there is none.
  public var address: IPPrefix?
  public var vlan: VLANID
  public var isConfigured: Bool
}
