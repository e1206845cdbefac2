import Synchronization

/// What `show probes` reads while the event loop writes.
final class ProbeBoard: Sendable {
  private let rows = Mutex<[Int: ProbeStatus]>([:])

  /// By number.
  var all: [ProbeStatus] { rows.withLock { Array($0.values) }.sorted { $0.id < $1.id } }

  func add(_ status: ProbeStatus) { rows.withLock { $0[status.id] = status } }
  func remove(_ id: Int) { rows.withLock { $0[id] = nil } }
  func update(_ id: Int, _ body: (inout ProbeStatus) -> Void) {
    rows.withLock { rows in
      guard let index = rows.index(forKey: id) else { return }
      body(&rows.values[index])
    }
  }
}
