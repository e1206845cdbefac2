import FoundationEssentials
import Glibc
import SystemPackage

/// Where configurations are kept that worked: `running.yaml` is in effect, `previous.yaml` was before it. Texts are
/// replaced in one step, so that a process that is killed leaves the one or the other.
struct ConfigurationStore: Sendable {
  static let root = "/var/lib/flowswitch"

  let folder: String

  var runningPath: String { "\(folder)/running.yaml" }
  var previousPath: String { "\(folder)/previous.yaml" }
  /// Exists while what runs waits to be confirmed: the time (seconds since 1970) at which the former one is to return.
  private var openPath: String { "\(folder)/confirm-until" }
  /// The file that the daemon was started with.
  private var sourcePath: String { "\(folder)/source" }

  /// Makes the folder, for the owner alone: configurations name programs and files.
  /// - Parameter roots: where it may be, the best first.
  /// - Returns: the store, and why the first root did not do.
  static func open(
    name: String, roots: [String] = roots
  ) throws(Errno) -> (store: ConfigurationStore, warning: String?) {
    var first: Errno?
    for root in roots {
      let folder = "\(root)/\(name)"
      do throws(Errno) {
        try make(folder)
        let warning = first.map { "\(roots[0])/\(name): \($0); configurations are kept in \(folder) instead" }
        return (ConfigurationStore(folder: folder), warning)
      } catch {
        first = first ?? error
      }
    }
    throw first ?? .noSuchFileOrDirectory
  }

  private static func make(_ folder: String) throws(Errno) {
    var path = ""
    let parts = folder.split(separator: "/")
    for (i, part) in parts.enumerated() {
      path += "/\(part)"
      if mkdir(path, i == parts.count - 1 ? 0o700 : 0o755) != 0, errno != EEXIST, errno != EROFS {
        throw Errno(rawValue: errno)
      }
    }
    // Also one that was there, with another mode or for somebody else.
    if chmod(folder, 0o700) != 0 || access(folder, W_OK) != 0 { throw Errno(rawValue: errno) }
  }

  var running: [UInt8]? { ConfigurationStore.read(runningPath) }
  var previous: [UInt8]? { ConfigurationStore.read(previousPath) }

  /// Seconds since 1970. What is damaged has run out.
  var openUntil: Int? {
    guard let bytes = ConfigurationStore.read(openPath) else { return nil }
    return Int(String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline }) ?? 0
  }

  /// What runs now, and what did before.
  ///
  /// In this order: a process that is killed in between leaves a running configuration that needs no confirmation, or one
  /// that says that it does.
  func save(running: [UInt8], previous: [UInt8]?, openUntil: Int?) throws(Errno) {
    if let previous { try ConfigurationStore.replace(previousPath, previous) }
    if let openUntil { try ConfigurationStore.replace(openPath, Array("\(openUntil)\n".utf8)) }
    try ConfigurationStore.replace(runningPath, running)
    if openUntil == nil { try close() }
  }

  /// Nothing waits to be confirmed any more.
  func close() throws(Errno) {
    if unlink(openPath) != 0, errno != ENOENT { throw Errno(rawValue: errno) }
  }

  func saveSource(_ path: String) throws(Errno) {
    try ConfigurationStore.replace(sourcePath, Array("\(path)\n".utf8))
  }

  static let roots = [root, "/run/flowswitch/configurations"]

  /// The last configuration that worked of a switch that was started with this file.
  static func lastGood(forSource path: String, root: String = root) -> String? {
    stores(ofSource: path, root: root).first { access($0.runningPath, R_OK) == 0 }?.runningPath
  }

  /// Those of switches that were started with this file.
  static func stores(ofSource path: String, root: String) -> [ConfigurationStore] {
    guard let directory = opendir(root) else { return [] }
    defer { closedir(directory) }
    var found: [ConfigurationStore] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      let store = ConfigurationStore(folder: "\(root)/\(name)")
      guard !name.hasPrefix("."), let source = read(store.sourcePath),
        String(decoding: source, as: UTF8.self) == "\(path)\n"
      else { continue }
      found.append(store)
    }
    return found
  }

  /// At most 16 MiB, as a configuration may have.
  private static func read(_ path: String) -> [UInt8]? {
    guard let descriptor = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else {
      return nil
    }
    return try? descriptor.closeAfter {
      var bytes: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      while bytes.count <= 16 << 20 {
        let count = try chunk.withUnsafeMutableBytes { try descriptor.read(into: $0) }
        if count == 0 { break }
        bytes += chunk[..<count]
      }
      return bytes
    }
  }

  private static func replace(_ path: String, _ bytes: [UInt8]) throws(Errno) {
    let temporary = path + ".new"
    do {
      let descriptor = try FileDescriptor.open(
        FilePath(temporary), .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: .ownerReadWrite)
      try descriptor.closeAfter {
        try descriptor.writeAll(bytes)
        // After a power cut it is the old text or the new one.
        if fsync(descriptor.rawValue) != 0 { throw Errno(rawValue: errno) }
      }
    } catch {
      unlink(temporary)
      throw error as? Errno ?? .ioError
    }
    if rename(temporary, path) != 0 {
      let code = errno
      unlink(temporary)
      throw Errno(rawValue: code)
    }
  }
}
