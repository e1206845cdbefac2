import Foundation
import SwitchModel
import Testing

@testable import ConfigurationFile

@Suite("Whose hand a configuration file is from")
struct ForeignHandTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var mode: mode_t
    var owner: uid_t?
    var hook: Bool
    /// What is said of it; nil: nothing.
    var hand: String?
    var isRefused: Bool

    var testDescription: String {
      "mode \(String(mode, radix: 8)), owner \(owner.map { "\($0)" } ?? "us"), \(hook ? "a hook" : "no program")"
    }
  }

  static let cases = [
    Case(mode: 0o600, hook: true, hand: nil, isRefused: false),
    Case(mode: 0o644, hook: true, hand: nil, isRefused: false),
    Case(mode: 0o664, hook: true, hand: nil, isRefused: false),
    Case(mode: 0o666, hook: true, hand: "others may write to it (mode 666)", isRefused: true),
    Case(mode: 0o602, hook: false, hand: "others may write to it (mode 602)", isRefused: false),
  ]

  private func check(_ one: Case) throws {
    let path = NSTemporaryDirectory() + "foreign-hand-\(UInt64.random(in: 0...UInt64.max))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let hook = one.hook ? ", hook: [/bin/true]" : ""
    let text = "switch: {name: fs1\(hook)}\nports: [{name: p1, role: server}, {name: r1, role: router}]\n"
    try Data(text.utf8).write(to: URL(filePath: path))
    if let owner = one.owner { try #require(chown(path, owner, gid_t.max) == 0) }
    try #require(chmod(path, one.mode) == 0)
    let file = try ConfigurationFile(path: path)
    #expect(file.foreignHand == one.hand)
    #expect(file.runsForeignPrograms == one.isRefused)
    let said = file.diagnostics.map { $0.description }.filter { $0.contains("who writes to it commands") }
    #expect(
      said == (one.hand.map { ["\(path): warning: \($0), and who writes to it commands the switch"] } ?? []))
  }

  @Test("what others may write is said, and programs are not run for them", arguments: cases)
  func modes(_ one: Case) throws { try check(one) }

  @Test(
    "what another user owns, too", .enabled(if: geteuid() == 0, "needs root"),
    arguments: [true, false])
  func owner(hook: Bool) throws {
    try check(Case(mode: 0o644, owner: 12345, hook: hook, hand: "its owner is user 12345", isRefused: hook))
  }

  @Test("text that is no file is nobody's")
  func text() throws {
    let bytes = Array(
      "switch: {name: fs1, hook: [/bin/true]}\nports: [{name: p1, role: server}, {name: r1, role: router}]\n"
        .utf8)
    let file = try ConfigurationFile(bytes: bytes, file: "x")
    #expect(file.foreignHand == nil && !file.runsForeignPrograms)
  }
}
