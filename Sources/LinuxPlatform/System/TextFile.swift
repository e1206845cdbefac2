import SystemPackage

/// Small files that the kernel makes up when they are read: /proc and /sys.
enum TextFile {
  /// More than any file read here has.
  private static let limit = 64 * 1024

  static func read(_ path: String) throws(SystemError) -> String {
    do {
      let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
      return try file.closeAfter {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while bytes.count < limit {
          let count = try piece.withUnsafeMutableBytes { try file.read(into: $0) }
          if count == 0 { break }
          bytes += piece[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
      }
    } catch {
      throw SystemError("read", path, code: error as? Errno ?? .ioError)
    }
  }

  /// The file must be there: nothing is created.
  static func write(_ text: String, to path: String) throws(SystemError) {
    do {
      let file = try FileDescriptor.open(FilePath(path), .writeOnly, options: .closeOnExec)
      _ = try file.closeAfter { try file.writeAll(text.utf8) }
    } catch {
      throw SystemError("write", path, code: error as? Errno ?? .ioError)
    }
  }
}

extension Substring {
  func trimmingSpaces() -> Substring {
    var text = self
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text
  }
}
