import CNetlink

/// One of a device's features (`netdev_features_strings`, net/ethtool/common.c) and its states
/// (Documentation/networking/netdev-features.rst).
public struct OffloadFeature: Hashable, Sendable {
  /// The kernel's name, which `ethtool -K` takes as well: `rx-gro`, `rx-vlan-hw-parse`.
  public var name: String
  /// The driver lets it be changed.
  public var isChangeable: Bool
  /// Wanted by the operator; in force if nothing stands against it.
  public var isRequested: Bool
  /// In force.
  public var isActive: Bool

  public init(name: String, isChangeable: Bool, isRequested: Bool, isActive: Bool) {
    self.name = name
    self.isChangeable = isChangeable
    self.isRequested = isRequested
    self.isActive = isActive
  }
}

extension OffloadFeature {
  init(_ from: fs_feature) {
    self.init(
      name: CText.string(from.name), isChangeable: from.available != 0 && from.never_changed == 0,
      isRequested: from.requested != 0, isActive: from.active != 0)
  }
}
