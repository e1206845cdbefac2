import Glibc

/// Whole small files, also those of /proc, which say 0 for their size.
enum TextFile {
  /// Nil: it cannot be read.
  static func read(_ path: String) -> String? {
    readBytes(path).map { String(decoding: $0, as: UTF8.self) }
  }

  static func readBytes(_ path: String) -> [UInt8]? {
    guard let file = try? Descriptor.open(path, O_RDONLY) else { return nil }
    var bytes: [UInt8] = []
    while let chunk = file.readAvailable() {
      bytes += chunk
    }
    return bytes
  }

  static func write(_ path: String, _ text: String) throws { try write(path, Array(text.utf8)) }

  static func write(_ path: String, _ bytes: [UInt8]) throws {
    let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC)
    try file.write(bytes)
  }

  /// Either the old content or the new one, whoever looks and whenever.
  static func replace(_ path: String, _ bytes: [UInt8]) throws {
    let fresh = "\(path).\(getpid()).new"
    try write(fresh, bytes)
    guard rename(fresh, path) == 0 else {
      let reason = errorText(errno)
      unlink(fresh)
      throw LabError.refused("cannot write \(path): \(reason)")
    }
  }

  /// The names in a directory, sorted; none if it cannot be read.
  static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
