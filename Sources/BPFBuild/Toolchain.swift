import Foundation

/// The Swift toolchain that builds the package: its swiftc, and the clang beside it, which reads the IR that this
/// swiftc writes. Another clang would not.
struct Toolchain {
  private let folder: URL

  init() throws {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    for entry in path.split(separator: ":") {
      let swiftc = URL(filePath: String(entry)).appending(path: "swiftc")
      guard FileManager.default.isExecutableFile(atPath: swiftc.path) else { continue }
      let real = swiftc.resolvingSymlinksInPath().deletingLastPathComponent()
      // swiftc is often a link to swift-driver or swift-frontend in the same folder.
      if FileManager.default.isExecutableFile(atPath: real.appending(path: "clang").path) {
        folder = real
        return
      }
    }
    throw BuildError("no Swift toolchain with swiftc and clang in one folder is in PATH")
  }

  /// Runs a tool of the toolchain; what it says goes to standard error.
  func run(_ tool: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = folder.appending(path: tool)
    process.arguments = arguments
    process.standardOutput = FileHandle.standardError
    do { try process.run() } catch { throw BuildError("can't run \(tool): \(error)") }
    process.waitUntilExit()
    if process.terminationStatus != 0 {
      throw BuildError("\(tool) ended with \(process.terminationStatus)")
    }
  }
}
