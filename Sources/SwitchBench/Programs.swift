import CSwitchBench
import Foundation

/// The bench's own programs for the kernel, compiled with the clang of the Swift toolchain, or another one.
final class Programs {
  let folder: String

  init(folder: String) throws {
    self.folder = folder
    for index in 0..<Int32.max {
      guard let name = sb_source_name(index), let text = sb_source_text(index) else { break }
      try String(cString: text).write(
        toFile: "\(folder)/\(String(cString: name))", atomically: false, encoding: .utf8)
    }
    let clang = try Programs.clang()
    for name in ["generator", "sink", "redirect", "least", "clsact"] {
      var words = [clang, "-O2", "-g", "-target", "bpf", "-mcpu=v3", "-Wall", "-I\(folder)"]
      // Debian keeps <asm/types.h> by architecture.
      words += Programs.includes.map { "-I\($0)" }
      try Command(words + ["-c", "\(folder)/\(name).c", "-o", "\(folder)/\(name).o"]).run(within: 120)
    }
  }

  func load(_ name: String) throws -> ProgramObject { try ProgramObject("\(folder)/\(name).o") }

  private static func clang() throws -> String {
    if let swiftc = Command.find("swiftc") {
      let real = URL(filePath: swiftc).resolvingSymlinksInPath().deletingLastPathComponent().path
      if let found = Command.find("\(real)/clang") { return found }
    }
    guard let found = Command.find("clang") else {
      throw BenchError("no clang: it is in the Swift toolchain, which must be in PATH")
    }
    return found
  }

  private static var includes: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/include")) ?? []
    return names.filter { $0.hasSuffix("-linux-gnu") }.map { "/usr/include/\($0)" }
  }
}
