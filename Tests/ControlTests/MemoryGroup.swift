import Glibc

@testable import Lab

/// A control group with a limit of memory, of the first or the second version, whichever this machine has.
final class MemoryGroup {
  private let folder: String
  private let isFirstVersion: Bool

  /// - Throws: where control groups can't be made.
  init(_ name: String) throws {
    isFirstVersion = TextFile.exists("/sys/fs/cgroup/memory/memory.limit_in_bytes")
    folder = isFirstVersion ? "/sys/fs/cgroup/memory/\(name)" : "/sys/fs/cgroup/\(name)"
    if !isFirstVersion { Self.write("/sys/fs/cgroup/cgroup.subtree_control", "+memory") }
    guard mkdir(folder, 0o755) == 0, TextFile.exists("\(folder)/\(limitFile)") else {
      rmdir(folder)
      throw SiteFailure("no memory control group: \(String(cString: strerror(errno)))")
    }
  }

  deinit { rmdir(folder) }

  /// Whether this machine lets a test make one.
  static var isPossible: Bool { (try? MemoryGroup("flowswitch-try-\(getpid())")) != nil }

  private var limitFile: String { isFirstVersion ? "memory.limit_in_bytes" : "memory.max" }

  /// For a process and those that it starts.
  var wrapper: [String] { ["sh", "-c", "echo $$ > \(folder)/cgroup.procs && exec \"$@\"", "-"] }

  var usedBytes: Int {
    let file = isFirstVersion ? "memory.usage_in_bytes" : "memory.current"
    let text = TextFile.read("\(folder)/\(file)") ?? ""
    return Int(text.filter(\.isNumber)) ?? 0
  }

  /// - Returns: false: the kernel does not take so low a limit now.
  @discardableResult
  func limit(bytes: Int) -> Bool { Self.write("\(folder)/\(limitFile)", "\(bytes)") }

  @discardableResult
  private static func write(_ path: String, _ text: String) -> Bool {
    let file = open(path, O_WRONLY | O_CLOEXEC)
    if file < 0 { return false }
    defer { close(file) }
    let bytes = Array(text.utf8)
    return Glibc.write(file, bytes, bytes.count) == bytes.count
  }
}
