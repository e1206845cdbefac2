/// Bytes of a file to a tree of nodes with places. Nothing that a file can hold stops the program: depth, aliases and
/// size are bounded, and every fault goes to the report.
struct YAMLReader {
  /// Bytes. A configuration at the limits of the switch (65,535 members) is a quarter of it.
  static let maximumSize = 16 << 20
  /// Of lists and mappings; the schema needs five.
  static let maximumDepth = 32
  /// Nodes after aliases are resolved.
  static let maximumNodes = 2_000_000

  let report: Report

  /// Nil if there is nothing to check: the report says why.
  func read(_ bytes: [UInt8]) -> YAMLNode? {
    guard bytes.count <= YAMLReader.maximumSize else {
      report.error(
        "the file has more than \(YAMLReader.maximumSize >> 20) MiB", at: .none,
        expected: "a configuration of at most \(YAMLReader.maximumSize >> 20) MiB")
      return nil
    }
    guard let clean = ByteCheck(report: report).check(bytes) else { return nil }
    return clean.withUnsafeBufferPointer { YAMLComposer($0, report: report).document() }
  }
}
