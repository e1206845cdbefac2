import SystemPackage

/// Settings of one interface under /proc/sys/net, in the network namespace of the calling thread.
struct Sysctl: Hashable, Sendable {
  var path: String

  static func ipv6(_ setting: String, of interface: String) throws(SystemError) -> Sysctl {
    try make("ipv6", setting, interface)
  }

  static func ipv4(_ setting: String, of interface: String) throws(SystemError) -> Sysctl {
    try make("ipv4", setting, interface)
  }

  /// - Throws: `SystemError` for a name that could lead out of the directory.
  private static func make(
    _ family: String, _ setting: String, _ interface: String
  ) throws(SystemError) -> Sysctl {
    guard InterfaceName.isValid(interface) else {
      throw SystemError(
        "read settings of", interface, code: .invalidArgument, detail: "not an interface name")
    }
    return Sysctl(path: "/proc/sys/net/\(family)/conf/\(interface)/\(setting)")
  }

  /// Nil when the kernel has no such setting: IPv6 is not in it, or the interface is gone.
  func read() throws(SystemError) -> String? {
    do {
      return String(try TextFile.read(path)[...].trimmingSpaces())
    } catch {
      if error.code == .noSuchFileOrDirectory { return nil }
      throw error
    }
  }

  /// Writes where there is such a setting and it has another value.
  func ensure(_ value: String) throws(SystemError) {
    if let present = try read(), present != value { try write(value) }
  }

  func write(_ value: String) throws(SystemError) { try TextFile.write(value, to: path) }
}
