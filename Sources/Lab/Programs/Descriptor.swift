import Glibc

/// A file descriptor that is closed when its owner goes.
struct Descriptor: ~Copyable {
  let raw: Int32

  init(owning raw: Int32) { self.raw = raw }

  deinit { close(raw) }

  static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws -> Descriptor {
    let raw = Glibc.open(path, flags | O_CLOEXEC, mode)
    guard raw >= 0 else { throw LabError.refused("cannot open \(path): \(errorText(errno))") }
    return Descriptor(owning: raw)
  }

  /// A file without a name that holds `bytes`, read from its start.
  static func holding(_ bytes: [UInt8]) throws -> Descriptor {
    var template = Array("/tmp/flowswitch-input-XXXXXX".utf8CString)
    let raw = mkstemp(&template)
    guard raw >= 0 else { throw LabError.refused("cannot make a file under /tmp: \(errorText(errno))") }
    let file = Descriptor(owning: raw)
    _ = fcntl(raw, F_SETFD, FD_CLOEXEC)
    unlink(template)
    try file.write(bytes)
    lseek(raw, 0, SEEK_SET)
    return file
  }

  func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(raw, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw LabError.refused("cannot write: \(errorText(errno))")
      }
      rest = rest.dropFirst(count)
    }
  }

  /// What is there now. Nil at the end of the stream; empty when a non-blocking one has nothing yet.
  func readAvailable() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = buffer.withUnsafeMutableBytes { Glibc.read(raw, $0.baseAddress, $0.count) }
    if count > 0 { return Array(buffer.prefix(count)) }
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? [] : nil
  }
}

func errorText(_ number: Int32) -> String { String(cString: strerror(number)) }
