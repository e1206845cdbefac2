import SystemPackage

/// Settings of one interface under /proc/sys/net, in the network namespace of the calling thread.
struct Sysctl: Hashable, Sendable {
  var path: String

  /// - Throws: `SystemError` for a name that could lead out of the directory.
  static func ipv6(_ setting: String, of interface: String) throws(SystemError) -> Sysctl {
    guard InterfaceName.isValid(interface) else {
      throw SystemError(
        "read settings of", interface, code: .invalidArgument, detail: "not an interface name")
    }
    return Sysctl(path: "/proc/sys/net/ipv6/conf/\(interface)/\(setting)")
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

  func write(_ value: String) throws(SystemError) { try TextFile.write(value, to: path) }
}
