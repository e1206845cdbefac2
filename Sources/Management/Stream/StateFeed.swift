import SwitchModel
import Synchronization

/// The switch's state as an event, looked at once a period however many read, and not at all when nobody does.
final class StateFeed: Sendable {
  private struct State {
    var mailboxes: [Int: StreamMailbox] = [:]
    var next = 0
    /// Looks at the switch while there are mailboxes.
    var clock: Task<Void, Never>?
    var last: [UInt8]?
  }

  let operations: any SwitchOperations
  let limits: ServerLimits
  let places: FollowerLimit
  private let state = Mutex(State())

  init(operations: any SwitchOperations, limits: ServerLimits) {
    self.operations = operations
    self.limits = limits
    places = FollowerLimit(limits.streams)
  }

  /// How many read.
  var count: Int { state.withLock { $0.mailboxes.count } }

  /// From now on the mailbox gets the state, the present one first.
  /// - Returns: what `unsubscribe` takes.
  func subscribe(_ mailbox: StreamMailbox) -> Int {
    let (number, last) = state.withLock { state in
      state.next += 1
      state.mailboxes[state.next] = mailbox
      if state.clock == nil {
        state.clock = Task { [weak self, period = limits.statePeriod] in
          while !Task.isCancelled {
            guard let self else { return }
            await self.look()
            try? await Task.sleep(for: period)
          }
        }
      }
      return (state.next, state.last)
    }
    if let last { mailbox.put(state: last) }
    return number
  }

  func unsubscribe(_ number: Int) {
    state.withLock { state in
      state.mailboxes[number] = nil
      guard state.mailboxes.isEmpty else { return }
      state.clock?.cancel()
      state.clock = nil
      state.last = nil
    }
  }

  private func look() async {
    let rows = StateRows(
      ports: await operations.ports(), clusters: await operations.clusters(),
      members: await operations.members(), routers: await operations.routers())
    let bytes = Array("event: state\ndata: ".utf8) + JSON.encode(rows) + Array("\n\n".utf8)
    let mailboxes = state.withLock { state in
      // All have gone while the switch was asked: what it said then is old for the next.
      if !state.mailboxes.isEmpty { state.last = bytes }
      return Array(state.mailboxes.values)
    }
    for mailbox in mailboxes { mailbox.put(state: bytes) }
  }
}
