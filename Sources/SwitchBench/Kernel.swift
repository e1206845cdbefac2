import CSwitchBench
import Glibc

/// What the kernel answers through the C functions.
enum Kernel {
  /// - Throws: what was to be done, and why it could not be, if `code` is a negative errno.
  @discardableResult
  static func check(_ code: Int32, _ what: @autoclosure () -> String) throws -> Int32 {
    if code < 0 { throw BenchError("cannot \(what()): \(String(cString: strerror(-code)))") }
    return code
  }
}
