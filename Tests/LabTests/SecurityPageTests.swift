import Foundation
import Testing

/// What the page says is shown by a test is the title of one.
@Suite("docs/security.md")
struct SecurityPageTests {
  private static let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL

  @Test("Every test that it names is there")
  func names() throws {
    let page = try String(contentsOf: Self.root.appending(path: "docs/security.md"), encoding: .utf8)
    let tests = try sources()
    let named = page.matches(of: #/`([A-Z][A-Za-z0-9]*Tests): ([^`]+)`/#)
    #expect(named.count > 40)
    for match in named {
      let (file, title) = (String(match.1), String(match.2))
      let texts = tests[file] ?? []
      #expect(texts.contains { $0.contains("\"\(title)\"") }, "\(file): \(title)")
    }
  }

  private func sources() throws -> [String: [String]] {
    var found: [String: [String]] = [:]
    let folder = Self.root.appending(path: "Tests")
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    for file in files where file.hasSuffix("Tests.swift") {
      let url = folder.appending(path: file)
      found[url.deletingPathExtension().lastPathComponent, default: []].append(
        try String(contentsOf: url, encoding: .utf8))
    }
    return found
  }
}
