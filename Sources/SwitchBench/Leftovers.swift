import Foundation

/// What a bench that was killed could not remove.
enum Leftovers {
  /// Of names, before the number of the process. Short: a switch's own interface is `fs-NAME`, of 15 bytes at the most.
  static let prefix = "bn"

  /// Removes namespaces, pins and files of benches that are no more.
  static func sweep() {
    for name in files("/run/netns") where isOrphan(name) {
      _ = try? Command(["ip", "netns", "delete", name]).run()
    }
    for name in files("/sys/fs/bpf/flowswitch") + files("/run/flowswitch").map(stem) where isOrphan(name) {
      removeState(of: name)
    }
    for name in files("/tmp") {
      let parts = name.split(separator: "-")
      if name.hasPrefix("flowswitch-bench-"), parts.count == 3, let pid = Int32(parts[2]), isGone(pid) {
        try? FileManager.default.removeItem(atPath: "/tmp/\(name)")
      }
    }
  }

  /// Removes what a switch of this name leaves when it is killed, or by design.
  static func removeState(of name: String) {
    let pins = "/sys/fs/bpf/flowswitch/\(name)"
    for pin in files(pins) { unlink("\(pins)/\(pin)") }
    rmdir(pins)
    for file in files("/run/flowswitch") where stem(file) == name { unlink("/run/flowswitch/\(file)") }
  }

  /// Whether it is called as by a bench whose process is gone.
  static func isOrphan(_ name: String) -> Bool {
    guard name.hasPrefix(prefix), let dash = name.firstIndex(of: "-"),
      let pid = Int32(name[..<dash].dropFirst(prefix.count)), pid > 0
    else { return false }
    return isGone(pid)
  }

  private static func isGone(_ pid: Int32) -> Bool { access("/proc/\(pid)", F_OK) != 0 }

  private static func files(_ folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  }

  private static func stem(_ file: String) -> String { String(file.prefix { $0 != "." }) }
}
