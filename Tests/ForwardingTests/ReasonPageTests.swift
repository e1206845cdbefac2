import Forwarding
import Foundation
import Testing

@Suite("docs/troubleshooting.md")
struct ReasonPageTests {
  @Test("Every reason for which a frame is dropped has a row", arguments: Reason.allCases)
  func complete(_ reason: Reason) throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/troubleshooting.md")
    let text = String(decoding: try Data(contentsOf: page), as: UTF8.self)
    #expect(text.contains("\n| `\(reason.name)` | "))
  }
}
