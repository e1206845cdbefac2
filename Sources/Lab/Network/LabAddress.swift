/// The virtual addresses of the lab's clusters, IPv4 and IPv6.
package enum LabAddress {
  /// Clusters `web` and `web6`: hash `flow`, every protocol and port.
  package static let web = ["10.50.0.100", "fd50::100"]
  /// Clusters `bulk` and `bulk6`: hash `source`, for protocols that need several connections to one server, like
  /// iperf3's control and data.
  package static let bulk = ["10.50.0.101", "fd50::101"]

  /// Clusters `live` and `live6`: balanced, watched by HTTP five times a second, served by the lab's own agent on
  /// port `agentPort`. What fails in the lab fails here.
  package static let live = ["10.50.0.102", "fd50::102"]
  /// Cluster `pair`: an availability cluster of s1, s2, s3.
  package static let pair = ["10.50.0.103"]
  /// Cluster `rescue`: s1 and s2 with slow start, s4 as last resort.
  package static let rescue = ["10.50.0.104"]
  /// Cluster `damped`: s3 and s4, whose agent on port `dampedPort` nothing else depends on; with flap damping.
  package static let damped = ["10.50.0.105"]

  /// All that a server carries.
  static let shared: [String] = web + bulk + live + pair + rescue + damped

  package static let agentPort: UInt16 = 8080
  package static let dampedPort: UInt16 = 8081

  package static func isIPv6(_ address: String) -> Bool { address.contains(":") }

  /// As it stands in a URL.
  package static func inURL(_ address: String) -> String { isIPv6(address) ? "[\(address)]" : address }
}
