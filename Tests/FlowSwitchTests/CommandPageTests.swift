import Foundation
import Testing

@testable import FlowSwitch

@Suite("docs/commands.md")
struct CommandPageTests {
  @Test("Every command has a section, and every option is in its command's")
  func complete() async throws {
    let repository = ReferenceCommandTests.repository
    let page = String(
      decoding: try Data(contentsOf: URL(filePath: "\(repository)/docs/commands.md")), as: UTF8.self)
    let sections = page.components(separatedBy: "\n## ").dropFirst()
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "flowswitch-page-\(UInt64.random(in: 0...UInt64.max))").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(await flowswitch("man", "--output", folder, "--date", "2026-01-02").status == 0)

    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(names.count > 30)
    for name in names where name != "flowswitch.1" {
      let command = name.dropFirst("flowswitch-".count).dropLast(".1".count).split(separator: "-")
      let own = sections.filter { section in
        section.prefix { $0 != "\n" }.split { !$0.isLetter }.contains(command[0])
      }.joined(separator: "\n")
      #expect(!own.isEmpty, "\(name)")
      for word in command.dropFirst() { #expect(own.contains(word), "\(name): \(word)") }
      let manual = String(
        decoding: try Data(contentsOf: URL(filePath: "\(folder)/\(name)")), as: UTF8.self)
      for option in CommandPageTests.options(of: manual) {
        #expect(own.contains(option), "\(name): \(option)")
      }
    }
  }

  /// The long names of the options that a manual page has paragraphs on.
  static func options(of manual: String) -> [String] {
    let plain = ["\\fB", "\\fI", "\\fR"].reduce(manual) { $0.replacing($1, with: "") }
      .replacing("\\-", with: "-")
    var names: [String] = []
    var isTitle = false
    for line in plain.components(separatedBy: "\n") {
      if isTitle {
        let words = line.components(separatedBy: " ").map { $0.replacing(",", with: "") }
        names += words.filter { $0.hasPrefix("--") }
      }
      isTitle = line == ".TP"
    }
    return names.filter { $0 != "--help" && $0 != "--version" }
  }
}
