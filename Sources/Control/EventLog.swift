import Foundation
import Glibc
import SwitchModel

/// The switch's events: a bounded ring in memory, a file of as many lines that outlives the daemon, and those who
/// follow. Owned by control.
///
/// The file has an event a line (JSON). It is appended to, and written anew when it has twice the ring's lines; lines
/// that cannot be read, of a write that was cut short, are left out.
struct EventLog: Sendable {
  static let capacity = 1000

  private(set) var rows: [EventRow] = []
  /// How many of each kind since the daemon started, also where none: who sums up increases sees the first one. They
  /// outlive the ring.
  private(set) var totals = Dictionary(
    uniqueKeysWithValues: EventKind.allCases.map { ($0.rawValue, UInt64(0)) })
  private let path: String
  private var nextNumber: UInt64 = 1
  private var unsaved: [EventRow] = []
  private var lines = 0
  private var followers: [UInt64: AsyncStream<EventRow>.Continuation] = [:]
  private var nextFollower: UInt64 = 0

  init(path: String) {
    self.path = path
    guard let data = FileManager.default.contents(atPath: path) else { return }
    let decoder = JSONDecoder()
    for line in data.split(separator: UInt8(ascii: "\n")) {
      lines += 1
      // The last number there is would begin anew at 0.
      guard let row = try? decoder.decode(EventRow.self, from: line), row.number >= nextNumber,
        row.number < .max
      else { continue }
      nextNumber = row.number &+ 1
      rows.append(row)
    }
    trim()
    // A line that was cut short must not swallow the next one.
    if data.last != UInt8(ascii: "\n") { lines = 0 }
  }

  mutating func append(
    time: String, kind: EventKind, subject: String, cause: String, effect: String, moved: Int
  ) -> EventRow {
    let row = EventRow(
      number: nextNumber, time: time, kind: kind.rawValue, severity: kind.isWarning ? "warning" : "notice",
      subject: subject, cause: cause, effect: effect, buckets_moved: moved)
    nextNumber &+= 1
    totals[kind.rawValue, default: 0] &+= 1
    rows.append(row)
    unsaved.append(row)
    trim()
    for follower in followers.values { follower.yield(row) }
    return row
  }

  private mutating func trim() {
    // In one go now and then: taking the first of an array each time would move all others.
    if rows.count > EventLog.capacity + 100 { rows.removeFirst(rows.count - EventLog.capacity) }
    // More than the file will hold wait only for a disk that is full.
    if unsaved.count > EventLog.capacity * 2 { unsaved.removeFirst(unsaved.count - EventLog.capacity) }
  }

  func after(_ number: UInt64?) -> [EventRow] {
    let kept = rows.suffix(EventLog.capacity)
    guard let number else { return Array(kept) }
    return kept.filter { $0.number > number }
  }

  /// Writes what is new. False: it could not be written (and is tried again).
  mutating func save() -> Bool {
    if unsaved.isEmpty { return true }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func text(_ rows: some Sequence<EventRow>) -> Data {
      var data = Data()
      for row in rows {
        guard let line = try? encoder.encode(row) else { continue }
        data.append(line)
        data.append(UInt8(ascii: "\n"))
      }
      return data
    }
    if lines + unsaved.count > EventLog.capacity * 2 || lines == 0 {
      let kept = rows.suffix(EventLog.capacity)
      do {
        try text(kept).write(to: URL(filePath: path), options: .atomic)
      } catch {
        return false
      }
      lines = kept.count
    } else {
      let data = text(unsaved)
      let file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
      if file < 0 {
        lines = 0
        return false
      }
      defer { close(file) }
      let written = data.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      lines += unsaved.count
      if written != data.count {
        lines = 0
        return false
      }
    }
    unsaved = []
    return true
  }

  /// The number by which `unfollow` ends it.
  mutating func follow(_ continuation: AsyncStream<EventRow>.Continuation) -> UInt64 {
    nextFollower &+= 1
    followers[nextFollower] = continuation
    return nextFollower
  }

  mutating func unfollow(_ number: UInt64) { followers[number] = nil }

  mutating func finish() {
    for follower in followers.values { follower.finish() }
    followers = [:]
  }
}
