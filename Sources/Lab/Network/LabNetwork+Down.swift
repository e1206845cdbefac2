import FoundationEssentials
import Glibc

/// Taking a lab down, whoever built it and however far it came.
extension LabNetwork {
  /// Programs pin what outlives the daemon under this directory, in one of the instance's own.
  static let pinDirectory = "/sys/fs/bpf/flowswitch"

  package func down() throws { try Self.down(name) }

  /// Ends the lab's processes (those written down, and those that live in its namespaces), removes its namespaces,
  /// what the switch pinned, and its files. Each step is tried even if an earlier one failed.
  package static func down(_ name: String) throws {
    try LabName.demandValid(name)
    try Interrupt.withheld { try takeDown(name) }
  }

  private static func takeDown(_ name: String) throws {
    let state = LabState.load(name)
    let namespaces = LabName.namespaces(of: name)
    guard state != nil || !namespaces.isEmpty else { throw LabError(.usage, "there is no lab '\(name)'") }
    var troubles: [String] = []
    func attempt(_ body: () throws -> Void) {
      do { try body() } catch { troubles.append("\(error)") }
    }
    Progress.shared.during("taking lab '\(name)' down") {
      let recorded = state?.processes ?? []
      // The daemon first: it puts its ports back while they exist.
      attempt {
        let daemon = recorded.filter { $0.role == "daemon" }.map(\.identity)
        try ProcessIdentity.end(daemon, grace: .seconds(5))
      }
      attempt { try ProcessIdentity.end(recorded.map(\.identity)) }
      attempt { try ProcessIdentity.end(processes(in: namespaces)) }
      for namespace in namespaces {
        attempt { try Program("ip", ["netns", "delete", namespace]).succeed() }
      }
      attempt { try remove("\(pinDirectory)/\(name)") }
      for file in runtimeFiles(of: name) { attempt { try remove(file) } }
      for directory in directories(of: name) { attempt { try remove(directory) } }
    }
    guard troubles.isEmpty else {
      throw LabError.refused(
        "lab '\(name)' is not wholly gone:\n" + troubles.map { "  \($0)" }.joined(separator: "\n"))
    }
    attempt { try remove(LabName.stateFile(of: name)) }
  }

  /// Removes the labs whose builder was killed before it could; returns their names.
  @discardableResult
  package static func removeAbandoned() -> [String] {
    let abandoned = LabName.all().filter { name in
      guard let owner = LabState.load(name)?.owner else { return false }
      return !owner.isAlive
    }
    // Another process may be at it, too; what is left after all is still in the way of nobody.
    return abandoned.filter { name in (try? down(name)) != nil }
  }

  /// Those whose network namespace is one of these, but not this process and those above it: a person may have
  /// entered a host and given the command there.
  static func processes(in namespaces: [String]) -> [ProcessIdentity] {
    let wanted = Set(namespaces.compactMap { inode("/run/netns/\($0)") })
    let spared = ancestors()
    return TextFile.names(in: "/proc").compactMap { Int32($0) }.filter { pid in
      guard !spared.contains(pid), let inode = inode("/proc/\(pid)/ns/net") else { return false }
      return wanted.contains(inode)
    }.compactMap { ProcessIdentity(pid: $0) }
  }

  /// The daemon's socket, and what one that was killed left beside it.
  private static func runtimeFiles(of name: String) -> [String] {
    TextFile.names(in: "/run/flowswitch").filter { entry in
      guard entry.hasPrefix("\(name).") else { return false }
      let suffix = entry.dropFirst(name.count + 1)
      return ["sock", "lock", "state", "pid", "events"].contains(suffix) || suffix.hasPrefix("sock.")
    }.map { "/run/flowswitch/\($0)" }
  }

  /// Those that `mkdtemp` made for it: its name and six letters or digits, ours.
  private static func directories(of name: String) -> [String] {
    let prefix = "flowswitch-\(name)-"
    return TextFile.names(in: "/tmp").filter { entry in
      let suffix = entry.utf8.dropFirst(prefix.utf8.count)
      var status = stat()
      return entry.hasPrefix(prefix) && suffix.count == 6 && !suffix.contains(45)
        && lstat("/tmp/\(entry)", &status) == 0 && status.st_uid == geteuid()
        && status.st_mode & S_IFMT == S_IFDIR
    }.map { "/tmp/\($0)" }
  }

  private static func inode(_ path: String) -> UInt64? {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
  }

  private static func ancestors() -> Set<Int32> {
    var pids: Set<Int32> = []
    var pid = getpid()
    while pid > 1, pids.insert(pid).inserted {
      let status = TextFile.read("/proc/\(pid)/status") ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("PPid:") }
      pid = line.flatMap { Int32($0.dropFirst(5).filter { !$0.isWhitespace }) } ?? 0
    }
    return pids
  }

  private static func remove(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw LabError.refused("cannot remove \(path): \(error)")
    }
  }
}
