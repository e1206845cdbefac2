import SwitchModel

/// Events as server-sent events: `id:` is the number, `event:` the kind, `data:` the row as JSON.
///
/// Nobody waits for the reader. The switch's own stream drops what is not taken, and what was dropped is read again from
/// the events kept, so a reader misses only what left those as well. While nothing happens there is a comment now and
/// then: by it each side notices that the other has gone.
struct EventStream: Sendable {
  static let signOfLife = Duration.seconds(15)

  private enum Wake: Sendable {
    case event(EventRow)
    case time
  }

  let operations: any SwitchOperations
  /// The last event that the client has; nil: only new ones are wanted.
  let after: UInt64?

  /// Ends when the switch does.
  func run(_ write: APIResponse.Write) async throws {
    // Asked for before the kept ones are read: what happens in between is in either.
    let live = await operations.followEvents()
    let kept = await operations.events(after: after)
    var last = max(after ?? 0, kept.last?.number ?? 0)
    try await write(Array(": flowswitch\n\n".utf8))
    if after != nil { for row in kept { try await write(EventStream.text(of: row)) } }
    let (wakes, continuation) = AsyncStream.makeStream(
      of: Wake.self, bufferingPolicy: .bufferingNewest(256))
    let events = Task {
      for await row in live { continuation.yield(.event(row)) }
      continuation.finish()
    }
    let clock = Task {
      while (try? await Task.sleep(for: EventStream.signOfLife)) != nil {
        continuation.yield(.time)
      }
    }
    defer {
      events.cancel()
      clock.cancel()
    }
    for await wake in wakes {
      switch wake {
      case .time: try await write(Array(":\n\n".utf8))
      case .event(let row):
        guard row.number > last else { continue }
        let missed = row.number > last + 1 ? await operations.events(after: last) : []
        for row in missed.filter({ $0.number < row.number }) + [row] {
          try await write(EventStream.text(of: row))
        }
        last = row.number
      }
    }
  }

  static func text(of row: EventRow) -> [UInt8] {
    // JSON has no line feeds of its own, so one line of data is enough; a kind is a word.
    let head = "id: \(row.number)\nevent: \(row.kind)\ndata: "
    return Array(head.utf8) + JSON.encode(row) + Array("\n\n".utf8)
  }
}
