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

  /// What machine and system a capture's header names.
  static var system: (hardware: String, operatingSystem: String) {
    func text(_ path: String) -> String {
      guard let file = try? FileDescriptor.open(FilePath(path), .readOnly) else { return "" }
      defer { try? file.close() }
      let bytes =
        (try? [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
          count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
        }) ?? []
      return String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
    }
    #if arch(x86_64)
      let hardware = "x86_64"
    #elseif arch(arm64)
      let hardware = "aarch64"
    #else
      let hardware = ""
    #endif
    return (hardware, text("/proc/sys/kernel/ostype") + " " + text("/proc/sys/kernel/osrelease"))
  }
}
