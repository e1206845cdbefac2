/// The virtual addresses of the lab's clusters, IPv4 and IPv6.
package enum LabAddress {
  /// Clusters `web` and `web6`: hash `flow`, every protocol and port.
  package static let web = ["10.50.0.100", "fd50::100"]
  /// Clusters `bulk` and `bulk6`: hash `source`, for protocols that need several connections to one server, like
  /// iperf3's control and data.
  package static let bulk = ["10.50.0.101", "fd50::101"]

  package static func isIPv6(_ address: String) -> Bool { address.contains(":") }

  /// As it stands in a URL.
  package static func inURL(_ address: String) -> String { isIPv6(address) ? "[\(address)]" : address }
}
