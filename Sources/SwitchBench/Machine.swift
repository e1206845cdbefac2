import CSwitchBench
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

  /// Processors that this thread may use: how many, the first and the last.
  static func processors() throws -> (count: Int, first: Int32, last: Int32) {
    var (first, last): (Int32, Int32) = (0, 0)
    let count = try Kernel.check(sb_cpus(&last, &first), "count processors")
    return (Int(count), first, last)
  }

  /// A program that was built with this one.
  static func beside(_ name: String) -> String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: own).deletingLastPathComponent().appending(path: name).path
  }
}
