import Foundation
import Support
import Testing

/// The files in Fuzz/Corpus are what the fuzzers start from, and what they found.
@Suite("Corpora of the fuzzers, without libFuzzer")
struct CorpusTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Corpus")

  static func files(of target: FuzzTarget) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: folder.appending(path: target.name), includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }
  }

  @Test("Every parser reads every file of its corpus", arguments: FuzzTarget.all.map(\.name))
  func corpus(name: String) async throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    if target.needsRoot && !PipelineTarget.isRoot { return }
    let files = try CorpusTests.files(of: target)
    #expect(!files.isEmpty)
    for file in files {
      let bytes = [UInt8](try Data(contentsOf: file))
      #expect(bytes.count <= target.longest, "\(file.lastPathComponent)")
      do {
        switch target.body {
        case .direct(let body): try body(bytes)
        case .waiting(let body): try await body(bytes)
        }
      } catch {
        Issue.record("\(name)/\(file.lastPathComponent): \(error)")
      }
    }
  }

  @Test("Every folder of Fuzz/Corpus is a target's")
  func folders() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: CorpusTests.folder.path)
    #expect(Set(names) == Set(FuzzTarget.all.map(\.name)))
  }
}
