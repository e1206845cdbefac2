import SystemPackage

/// Where a capture is written: a file, or standard output (`-`).
struct CaptureOutput {
  private let path: String
  private let descriptor: FileDescriptor?

  var isStandardOutput: Bool { descriptor == nil }

  /// The file is made anew, readable by its owner alone: frames hold what people said.
  init(_ path: String) throws(CommandFailure) {
    self.path = path
    if path == "-" {
      descriptor = nil
      return
    }
    do {
      descriptor = try FileDescriptor.open(
        FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: [.ownerReadWrite])
    } catch {
      throw CommandFailure(.usage, "\(path): \(error)")
    }
  }

  func write(_ bytes: [UInt8]) throws {
    guard let descriptor else { return try Console.current.write(bytes) }
    do { try descriptor.writeAll(bytes) } catch { throw CommandFailure(.refused, "\(path): \(error)") }
  }

  func close() throws {
    do { try descriptor?.close() } catch { throw CommandFailure(.refused, "\(path): \(error)") }
  }
}
