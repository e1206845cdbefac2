/// One thing that `PortSetup` changes, with what there was before where that is not plain.
public enum PortChange: Codable, Hashable, Sendable {
  /// The flag was off and is set.
  case flag(PortFlag)
  /// The offload feature was wanted and is turned off.
  case feature(String)
  /// IPv6 was enabled on the interface and is disabled.
  case ipv6Disabled
  /// A configured address that the kernel drops when IPv6 is disabled: `fd00::1/64`.
  case ipv6Address(String)
}
