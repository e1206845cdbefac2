import Glibc
import PacketCapture
import SystemPackage

/// A capture file, or standard input, read as it goes.
struct CaptureFileSource: ByteSource {
  private let descriptor: FileDescriptor
  private var offset: UInt64 = 0

  /// - Parameter path: `-` is standard input.
  init(_ path: String) throws(CommandFailure) {
    do {
      descriptor =
        try path == "-"
        ? .standardInput : FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
    } catch {
      throw CommandFailure(.usage, "\(path): \(error)")
    }
  }

  /// Bytes of the file; nil where that is not known before its end.
  var size: UInt64? {
    guard let end = try? descriptor.seek(offset: 0, from: .end),
      (try? descriptor.seek(offset: 0, from: .start)) == 0
    else { return nil }
    return UInt64(clamping: end)
  }

  /// Whether this is the file at a path, whatever its names.
  func isFile(_ path: String) -> Bool {
    var (own, other) = (stat(), stat())
    return fstat(descriptor.rawValue, &own) == 0 && stat(path, &other) == 0 && own.st_mode & S_IFMT == S_IFREG
      && own.st_dev == other.st_dev && own.st_ino == other.st_ino
  }

  mutating func read(upTo count: Int) throws(CaptureFileError) -> [UInt8] {
    do {
      let descriptor = descriptor
      let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        filled = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      offset += UInt64(bytes.count)
      return bytes
    } catch {
      throw CaptureFileError(offset: offset, "it can't be read: \(error)")
    }
  }

  func close() { try? descriptor.close() }
}
