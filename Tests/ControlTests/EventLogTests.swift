import Foundation
import SwitchModel
import Testing

@testable import Control

@Suite("Events in a file")
struct EventLogTests {
  private static func inFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "flowswitch-events-\(UInt64.random(in: 0...UInt64.max))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func expectSaved(_ log: inout EventLog, sourceLocation: SourceLocation = #_sourceLocation) {
    let isSaved = log.save()
    #expect(isSaved, sourceLocation: sourceLocation)
  }

  private static func make(_ folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
  }

  private static func append(_ count: Int, to log: inout EventLog) {
    for _ in 0..<count {
      _ = log.append(
        time: "1970-01-01T00:00:00.000Z", kind: .linkDown, subject: "p", cause: "c", effect: "", moved: 0)
    }
  }

  @Test("what could not be written is, when it can be: in order, nothing missing", arguments: [1, 900, 2500])
  func mends(count: Int) throws {
    try Self.inFolder { folder in
      try Self.make(folder)
      var log = EventLog(path: folder + "/x.events")
      Self.append(10, to: &log)
      expectSaved(&log)
      try FileManager.default.removeItem(atPath: folder)
      for part in 0..<4 {
        Self.append(part == 0 ? count - count / 4 * 3 : count / 4, to: &log)
        let isSaved = log.save()
        #expect(!isSaved)
      }
      try Self.make(folder)
      let areSaved = [log.save(), log.save()]
      #expect(areSaved == [true, true])
      Self.append(1, to: &log)
      expectSaved(&log)
      let kept = log.after(nil).map(\.number)
      #expect(kept.last == UInt64(count + 11))
      #expect(EventLog(path: folder + "/x.events").after(nil).map(\.number) == kept)
    }
  }

  @Test(
    "a file that was cut at any byte has its whole lines; the next events come behind them, none is spoilt")
  func cut() throws {
    try Self.inFolder { folder in
      try Self.make(folder)
      let path = folder + "/x.events"
      var log = EventLog(path: path)
      Self.append(3, to: &log)
      expectSaved(&log)
      let whole = try Data(contentsOf: URL(filePath: path))
      for count in 0...whole.count {
        try whole.prefix(count).write(to: URL(filePath: path))
        var second = EventLog(path: path)
        let before = second.after(nil).map(\.number)
        let ends = whole.prefix(count).count { $0 == UInt8(ascii: "\n") }
        // A last line without its end may be whole.
        #expect(before.count == ends || before.count == ends + 1 && whole[count] == UInt8(ascii: "\n"))
        Self.append(1, to: &second)
        expectSaved(&second)
        let after = EventLog(path: path).after(nil).map(\.number)
        #expect(after == before + [(before.last ?? 0) + 1], "\(count) bytes")
      }
    }
  }
}
