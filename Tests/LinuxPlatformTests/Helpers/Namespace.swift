import CNetlink
import Glibc
import Testing

/// Network namespaces for tests. They have no name and no file: the kernel removes one, with every link in it, when
/// the last thread and socket have left.
enum Namespace {
  static let isRoot = geteuid() == 0
  static let reason: Comment = "needs root: makes network namespaces"

  /// Runs `body` with the calling thread in a new network namespace whose loopback is up, then returns to the old one.
  /// `body` must not suspend, so that it stays on the thread.
  static func new<Result>(_ body: () throws -> Result) throws -> Result {
    var home: Int32 = -1
    try check(fs_network_namespace(&home), "open the network namespace")
    defer { close(home) }
    try check(fs_unshare_network(), "make a network namespace")
    defer {
      // Staying would run other tests' code in the wrong namespace.
      precondition(fs_enter_network_namespace(home) == 0, "cannot return to the test's network namespace")
    }
    try ip("link set lo up")
    return try body()
  }

  private static func check(_ code: Int32, _ what: String) throws {
    if code != 0 { throw TestFailure("\(what): \(String(cString: strerror(code)))") }
  }
}

struct TestFailure: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}
