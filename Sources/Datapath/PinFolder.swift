import CDatapath
import Glibc

/// Where an instance's program, maps and links stay when the daemon goes: a folder in the BPF filesystem.
///
/// ```
/// /sys/fs/bpf/flowswitch/NAME/program
///                             map_fs_buckets …
///                             link_0 …            one a port
/// ```
public struct PinFolder: Sendable {
  public let path: String

  public init(instance: String, root: String = "/sys/fs/bpf/flowswitch") { path = root + "/" + instance }

  var program: String { path + "/program" }
  var constants: String { path + "/constants" }
  func map(_ name: String) -> String { path + "/map_" + name }
  func link(_ port: Int) -> String { path + "/link_\(port)" }

  func create() throws(DatapathError) {
    let root = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
    for folder in [root, path] where mkdir(folder, 0o700) != 0 && errno != EEXIST {
      throw DatapathError.system("create \(folder) (is the BPF filesystem mounted?)", errno)
    }
  }

  /// Ports that have a pinned link.
  var linkedPorts: [Int] {
    names.filter { $0.hasPrefix("link_") }.compactMap { Int($0.dropFirst(5)) }.sorted()
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

  /// Puts a descriptor in the place of what is pinned there.
  func pin(_ fd: CInt, _ target: String) throws(DatapathError) {
    unlink(target)
    let error = fs_bpf_pin(fd, target)
    if error != 0 { throw DatapathError.system("pin \(target)", error) }
  }

  /// Everything goes; links that are pinned only here are thereby detached.
  func remove() {
    for name in names { unlink(path + "/" + name) }
    rmdir(path)
    // The root goes with the last instance.
    if let end = path.lastIndex(of: "/") { rmdir(String(path[..<end])) }
  }
}
