import Foundation
import Glibc
import Testing

/// The `flowswitch` that was built with these tests: beside the test bundle, unless FLOWSWITCH_BINARY names another.
enum Executable {
  static func flowswitch() throws -> String {
    if let named = ProcessInfo.processInfo.environment["FLOWSWITCH_BINARY"] { return named }
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let beside = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("flowswitch")
      .path
    try #require(
      FileManager.default.isExecutableFile(atPath: beside), "no flowswitch at \(beside): swift build first")
    return beside
  }
}

enum Privilege {
  static let isRoot = geteuid() == 0
  static let reason: Comment = "needs root: network namespaces, interfaces, raw sockets"
}
