import FoundationEssentials
import Glibc

/// The programs that the lab uses, and the Debian packages that bring them.
enum Tool {
  static let packages: [(program: String, package: String)] = [
    ("ip", "iproute2"), ("nsenter", "util-linux"), ("sysctl", "procps"), ("ethtool", "ethtool"),
    ("ping", "iputils-ping"), ("tcpdump", "tcpdump"), ("curl", "curl"), ("dig", "dnsutils"),
    ("nginx", "nginx-light"), ("iperf3", "iperf3"), ("dnsmasq", "dnsmasq-base"), ("nft", "nftables"),
    ("tc", "iproute2"),
  ]

  /// PATH, and the places of administrators' programs, which PATH may lack.
  static let searchPath: [String] = {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    var places = path.split(separator: ":").map(String.init)
    for place in ["/usr/local/sbin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"] where !places.contains(place) {
      places.append(place)
    }
    return places
  }()

  static func path(of program: String) -> String? {
    searchPath.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
  }

  /// Those of `packages` that are not installed.
  static var absent: [String] { packages.map(\.program).filter { path(of: $0) == nil } }

  static func missing(_ programs: [String]) -> LabError {
    let wanted = programs.map { program in
      packages.first { $0.program == program }?.package ?? program
    }
    return LabError(
      .usage,
      "the lab needs \(programs.joined(separator: ", ")): not found in \(searchPath.joined(separator: ":"))\n"
        + "  apt-get install \(wanted.joined(separator: " "))")
  }
}
