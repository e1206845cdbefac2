public import Wire

/// An address that the switch needs for itself (C6): one in each subnet in which it has clusters or router pools.
public struct OwnAddressWish: Hashable, Sendable {
  public enum Choice: Hashable, Sendable {
    /// The operator gave it: used unless another host has it, defended, never exchanged for another.
    case configured
    /// An unused one is to be found. `avoid`: addresses that are somebody's by the configuration. `remembered`: the one
    /// used last, tried first.
    case found(avoid: [IPAddress], remembered: IPAddress?)
  }

  public var choice: Choice
  /// The configured address with its length, or the subnet in which one is to be found.
  public var prefix: IPPrefix
  public var vlan: VLANID
  /// The switch's interface has the address already (X7): it is used on without being probed, and announced.
  public var isAdopted: Bool

  public static func configured(
    _ prefix: IPPrefix, vlan: VLANID, isAdopted: Bool = false
  ) -> OwnAddressWish {
    OwnAddressWish(choice: .configured, prefix: prefix, vlan: vlan, isAdopted: isAdopted)
  }

  /// `isAdopted` concerns `remembered`.
  public static func find(
    in subnet: IPPrefix, vlan: VLANID, avoid: [IPAddress], remembered: IPAddress?, isAdopted: Bool = false
  ) -> OwnAddressWish {
    OwnAddressWish(
      choice: .found(avoid: avoid, remembered: remembered), prefix: subnet, vlan: vlan, isAdopted: isAdopted)
  }

  var isConfigured: Bool { choice == .configured }
}
