import CDatapath
import Glibc

/// Where an instance's program, maps and links stay when the daemon goes: a folder in the BPF filesystem.
///
/// ```
/// /sys/fs/bpf/flowswitch/NAME/program
///                             same_…              the same program, by what it was made of
///                             map_fs_buckets …
///                             link_0 …            one a port
/// ```
public struct PinFolder: Sendable {
  public let path: String

  public init(instance: String, root: String = "/sys/fs/bpf/flowswitch") { path = root + "/" + instance }

  var program: String { path + "/program" }
  /// A program by its name and the digest of the object that it is of.
  func same(_ identity: String) -> String { path + "/same_" + identity }
  var constants: String { path + "/constants" }
  func map(_ name: String) -> String { path + "/map_" + name }
  func link(_ port: Int) -> String { path + "/link_\(port)" }

  /// Makes the folder, if it is not there.
  public func create() throws(DatapathError) {
    let root = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
    for folder in [root, path] where mkdir(folder, 0o700) != 0 && errno != EEXIST {
      throw DatapathError.system("create \(folder) (is the BPF filesystem mounted?)", errno)
    }
  }

  /// A port's pinned link, on an interface that is there.
  struct Attachment {
    var port: Int
    var ifindex: UInt32
    var mode: AttachMode
  }

  /// Ports that have a pinned link, wherever it is.
  var linkedPorts: [Int] {
    names.filter { $0.hasPrefix("link_") }.compactMap { Int($0.dropFirst(5)) }.sorted()
  }

  /// The pinned links that are in force in this network namespace.
  var attachments: [Attachment] {
    linkedPorts.compactMap { port in
      let descriptor = fs_bpf_get(link(port))
      if descriptor < 0 { return nil }
      defer { close(descriptor) }
      var facts = fs_bpf_link_facts()
      guard fs_bpf_link_facts(descriptor, &facts) == 0, let mode = AttachMode(of: facts) else { return nil }
      return Attachment(port: port, ifindex: facts.ifindex, mode: mode)
    }
  }

  /// Interface indexes on which this instance forwards, with or without a daemon.
  public var attachedInterfaces: [Int] { attachments.map { Int($0.ifindex) } }

  /// How an earlier daemon of this instance is attached; nil where it is not.
  public var attachedKind: DatapathKind? {
    let modes = attachments.map(\.mode)
    return modes.first { $0 != .native }?.kind ?? modes.first?.kind
  }

  /// Ends a port's link, whoever else has it open.
  func detach(_ port: Int) {
    let descriptor = fs_bpf_get(link(port))
    if descriptor >= 0 {
      _ = fs_bpf_link_detach(descriptor)
      close(descriptor)
    }
    unlink(link(port))
  }

  /// The tables of an earlier daemon; nil where there are none that this one can read. What is read stays when they are
  /// unpinned.
  public var tables: TableMemory? {
    guard let maps = PinnedMaps(self) else { return nil }
    return try? maps.tables()
  }

  /// The program is pinned by what it was made of, and no other one is.
  func pinIdentity(_ program: CInt, _ identity: String) throws(DatapathError) {
    try pin(program, same(identity))
    for name in names where name.hasPrefix("same_") && name != "same_" + identity {
      unlink(path + "/" + name)
    }
  }

  private var names: [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// Puts a descriptor in the place of what is pinned there, in one step: a daemon that is killed leaves one or the
  /// other.
  func pin(_ fd: CInt, _ target: String) throws(DatapathError) {
    let fresh = path + "/new"
    unlink(fresh)
    let error = fs_bpf_pin(fd, fresh)
    if error != 0 { throw DatapathError.system("pin \(target)", error) }
    if rename(fresh, target) != 0 {
      let code = errno
      unlink(fresh)
      throw DatapathError.system("pin \(target)", code)
    }
  }

  /// Everything goes, links first.
  public func remove() {
    for port in linkedPorts { detach(port) }
    for name in names { unlink(path + "/" + name) }
    rmdir(path)
    // The root goes with the last instance.
    if let end = path.lastIndex(of: "/") { rmdir(String(path[..<end])) }
  }
}
