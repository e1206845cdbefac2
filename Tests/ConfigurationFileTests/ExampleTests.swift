import FoundationEssentials
import SwitchModel
import Testing

@testable import ConfigurationFile

@Suite("etc/examples")
struct ExampleTests {
  static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "../../etc/examples")

  static var names: [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    return all.filter { $0.hasSuffix(".yaml") }.sorted()
  }

  @Test("There are examples")
  func thereAre() { #expect(ExampleTests.names.count >= 4) }

  @Test("Every example loads", arguments: names)
  func loads(_ name: String) throws {
    let file = try ConfigurationFile(path: ExampleTests.directory.appending(path: name).path)
    #expect(file.diagnostics.allSatisfy { $0.severity == .warning })
  }

  @Test("An example cut at any byte is no crash", arguments: names)
  func cut(_ name: String) throws {
    let bytes = Array(try Data(contentsOf: ExampleTests.directory.appending(path: name)))
    // At most some 200 places of a file, so that a long one takes no longer.
    for length in stride(from: 0, to: bytes.count, by: max(7, bytes.count / 200)) {
      _ = diagnostics(Array(bytes[..<length]))
    }
  }
}
