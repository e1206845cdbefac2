import NIOCore
import Synchronization

/// Bounds the connections of one listener. One more than may be ends the one that has been idle for longest, so that
/// clients that only connect keep nobody out; where none is idle the new one goes.
final class ConnectionRegistry: Sendable {
  private struct Entry {
    let channel: any Channel
    /// When it became idle, in the order in which that happened; nil: a request is being answered.
    var idleSince: UInt64?
  }
  private struct State {
    var entries: [Int: Entry] = [:]
    var next = 0
    var order: UInt64 = 0

    /// - Returns: the number, and whom to end.
    mutating func open(_ channel: any Channel, maximum: Int) -> (Int, (any Channel)?) {
      next += 1
      order += 1
      var victim: (any Channel)?
      if entries.count >= maximum {
        var oldest: (number: Int, since: UInt64)?
        for (number, entry) in entries {
          guard let since = entry.idleSince, since < oldest?.since ?? .max else { continue }
          oldest = (number, since)
        }
        guard let oldest else { return (next, channel) }
        victim = entries.removeValue(forKey: oldest.number)?.channel
      }
      entries[next] = Entry(channel: channel, idleSince: order)
      return (next, victim)
    }
  }

  let maximum: Int
  private let state = Mutex(State())

  init(_ maximum: Int) { self.maximum = maximum }

  var count: Int { state.withLock { $0.entries.count } }

  /// - Returns: the number by which the others know it.
  func open(_ channel: any Channel) -> Int {
    let (number, victim) = state.withLock { $0.open(channel, maximum: maximum) }
    victim?.close(promise: nil)
    return number
  }

  func setBusy(_ number: Int) { state.withLock { state in state.entries[number]?.idleSince = nil } }

  func setIdle(_ number: Int) {
    state.withLock { state in
      state.order += 1
      state.entries[number]?.idleSince = state.order
    }
  }

  func close(_ number: Int) { state.withLock { _ = $0.entries.removeValue(forKey: number) } }
}
