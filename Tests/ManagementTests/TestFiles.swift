import FoundationEssentials
import Glibc

/// Files of a test.
enum TestFiles {
  @discardableResult
  static func write(_ text: String, _ directory: String, _ name: String, mode: UInt32 = 0o600) throws
    -> String
  {
    let path = "\(directory)/\(name)"
    try Data(text.utf8).write(to: URL(filePath: path))
    chmod(path, mode)
    return path
  }

  static func remove(_ directory: String, _ name: String) throws {
    try FileManager.default.removeItem(atPath: "\(directory)/\(name)")
  }
}
