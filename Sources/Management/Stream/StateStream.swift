import SwitchModel

/// One reader of `GET stream`: server-sent events `state` (the rows of ports, clusters, members and routers, once a
/// second) and `event` (a row; its number is the `id:`), and a comment when there was nothing else for long.
struct StateStream: Sendable {
  let feed: StateFeed
  /// The last event that the client has; nil: only new ones are wanted.
  let after: UInt64?
  /// Ends the connection.
  let drop: APIResponse.Drop

  /// Ends when the switch does.
  func run(_ write: APIResponse.Write) async throws {
    let operations = feed.operations
    let mailbox = StreamMailbox(limits: feed.limits, drop: drop)
    // Asked for before the kept ones are read: what happens in between is in either.
    let live = await operations.followEvents()
    var kept = await operations.events(after: after)
    var last = max(after ?? 0, kept.last?.number ?? 0)
    if let after, kept.isEmpty {
      let all = await operations.events(after: nil)
      let newest = all.last?.number ?? 0
      if after > newest {
        // A number of an earlier life of the switch, whose events are lost: what is there now is all new.
        kept = all
        last = newest
      }
    }
    try await write(Array(": flowswitch\n\n".utf8))
    if after != nil { for row in kept { try await write(StateStream.text(of: row)) } }
    let number = feed.subscribe(mailbox)
    let events = Task {
      for await row in live { mailbox.put(event: row) }
      mailbox.close()
    }
    let clock = Task { [heartbeat = feed.limits.heartbeat] in
      while (try? await Task.sleep(for: heartbeat)) != nil { mailbox.putHeartbeat() }
    }
    defer {
      events.cancel()
      clock.cancel()
      mailbox.close()
      feed.unsubscribe(number)
    }
    for await _ in mailbox.signal {
      for item in mailbox.take() {
        switch item {
        case .heartbeat: try await write(Array(":\n\n".utf8))
        case .state(let bytes): try await write(bytes)
        case .event(let row):
          guard row.number > last else { continue }
          // The switch drops what its followers do not take: that is read again.
          let missed = row.number > last + 1 ? await operations.events(after: last) : []
          for row in missed.filter({ $0.number < row.number }) + [row] {
            try await write(StateStream.text(of: row))
          }
          last = row.number
        }
      }
    }
  }

  static func text(of row: EventRow) -> [UInt8] {
    Array("id: \(row.number)\nevent: event\ndata: ".utf8) + JSON.encode(row) + Array("\n\n".utf8)
  }
}
