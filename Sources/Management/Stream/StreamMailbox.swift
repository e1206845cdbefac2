import SwitchModel
import Synchronization

/// What waits for one reader of the stream: a bounded number of events, and the newest state. Nobody waits for the
/// reader: one that falls behind further is dropped.
final class StreamMailbox: Sendable {
  private struct Content {
    var events: [EventRow] = []
    var state: [UInt8]?
    var isHeartbeatDue = false
    var missed = 0
    var isClosed = false
  }

  enum Item: Sendable {
    case event(EventRow)
    /// As it goes over the wire.
    case state([UInt8])
    case heartbeat
  }

  /// Something is there, or the mailbox is closed.
  let signal: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation
  private let limits: ServerLimits
  private let drop: @Sendable () -> Void
  private let content = Mutex(Content())

  /// - Parameter drop: called at most once, when the reader has fallen behind.
  init(limits: ServerLimits, drop: @escaping @Sendable () -> Void) {
    self.limits = limits
    self.drop = drop
    (signal, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  func put(event row: EventRow) {
    change { content in
      content.events.append(row)
      return content.events.count <= limits.waitingEvents
    }
  }

  /// In the place of one that was not taken yet.
  func put(state bytes: [UInt8]) {
    change { content in
      content.missed = content.state == nil ? 0 : content.missed + 1
      content.state = bytes
      return content.missed <= limits.missedStates
    }
  }

  func putHeartbeat() {
    change { content in
      content.isHeartbeatDue = true
      return true
    }
  }

  /// No more comes; what waits can still be taken.
  func close() {
    content.withLock { $0.isClosed = true }
    wake.finish()
  }

  /// Events before states: what happened before how it is now.
  func take() -> [Item] {
    content.withLock { content in
      var items = content.events.map { Item.event($0) }
      if let state = content.state { items.append(.state(state)) }
      if items.isEmpty, content.isHeartbeatDue { items.append(.heartbeat) }
      content.events = []
      content.state = nil
      content.isHeartbeatDue = false
      return items
    }
  }

  /// - Parameter body: false: the reader is too far behind.
  private func change(_ body: (inout Content) -> Bool) {
    let (isOpen, isBehind) = content.withLock { content in
      guard !content.isClosed else { return (false, false) }
      guard !body(&content) else { return (true, false) }
      content.isClosed = true
      content.events = []
      content.state = nil
      return (false, true)
    }
    if isBehind {
      wake.finish()
      drop()
    } else if isOpen {
      wake.yield()
    }
  }
}
