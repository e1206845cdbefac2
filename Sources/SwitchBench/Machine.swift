import Foundation

/// What results depend on.
enum Machine {
  static var kernel: String {
    (try? readText("/proc/sys/kernel/osrelease"))?.split(whereSeparator: \.isWhitespace).first.map(
      String.init)
      ?? "unknown"
  }

  static var processor: String {
    let lines = ((try? readText("/proc/cpuinfo")) ?? "").split(whereSeparator: \.isNewline)
    let line = lines.first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
  }

  /// A program that was built with this one.
  static func beside(_ name: String) -> String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: own).deletingLastPathComponent().appending(path: name).path
  }
}
