import Glibc

/// What the lab needs the kernel to allow.
enum Privileges {
  private static let needed: [(bit: UInt64, name: String, purpose: String)] = [
    (12, "CAP_NET_ADMIN", "interfaces, addresses, routes"),
    (13, "CAP_NET_RAW", "captures and raw packets"),
    (21, "CAP_SYS_ADMIN", "network namespaces"),
  ]

  /// Empty: all there. Otherwise a line a thing that is missing.
  static func missing() -> [String] {
    var lines: [String] = []
    if geteuid() != 0 { lines.append("user is \(geteuid()), not root (files under /run, ends servers)") }
    let status = TextFile.read("/proc/self/status") ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
    let effective = line.flatMap { UInt64($0.dropFirst(7).filter { !$0.isWhitespace }, radix: 16) } ?? 0
    for capability in needed where effective >> capability.bit & 1 == 0 {
      lines.append("\(capability.name) is missing (\(capability.purpose))")
    }
    return lines
  }

  static func demand() throws {
    let lines = missing()
    guard lines.isEmpty else {
      throw LabError(
        .usage,
        "the lab needs root:\n" + lines.map { "  \($0)" }.joined(separator: "\n") + "\n  try it with sudo")
    }
  }
}
