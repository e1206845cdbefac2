public import SwitchModel
import Synchronization

/// The events of a fake switch, and what its operator asked for.
public final class FakeLog: Sendable {
  private struct State {
    var rows: [EventRow] = []
    var followers: [Int: AsyncStream<EventRow>.Continuation] = [:]
    var next = 0
    var admin: [String: AdminState] = [:]
  }
  private let state = Mutex(State())

  public init() {
    _ = add("started", "fs1")
    _ = add("member-down", "web/s2", cause: "http: status 503", effect: "2 buckets moved", moved: 2)
    _ = add("member-up", "web/s2", cause: "http: ok")
  }

  /// Followers that have not gone.
  public var followerCount: Int { state.withLock { $0.followers.count } }

  public func kept(after: UInt64?) -> [EventRow] {
    state.withLock { $0.rows.filter { $0.number > after ?? 0 } }
  }

  /// - Parameter quiet: followers are not told, as if they had been too slow.
  @discardableResult
  public func add(
    _ kind: String, _ subject: String, cause: String = "because", effect: String = "", moved: Int = 0,
    quiet: Bool = false
  ) -> EventRow {
    state.withLock { state in
      let row = EventRow(
        number: UInt64(state.rows.count + 1), time: "2025-01-02T03:04:05.678Z", kind: kind,
        severity: kind.hasSuffix("down") ? "warning" : "notice", subject: subject, cause: cause,
        effect: effect, buckets_moved: moved)
      state.rows.append(row)
      if !quiet { for follower in state.followers.values { follower.yield(row) } }
      return row
    }
  }

  public func end() {
    let followers = state.withLock { $0.followers }
    for follower in followers.values { follower.finish() }
  }

  func follow() -> AsyncStream<EventRow> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: EventRow.self, bufferingPolicy: .bufferingNewest(64))
    let number = state.withLock { state in
      state.next += 1
      state.followers[state.next] = continuation
      return state.next
    }
    continuation.onTermination = { [weak self] _ in
      _ = self?.state.withLock { $0.followers.removeValue(forKey: number) }
    }
    return stream
  }

  public func adminState(of member: String) -> AdminState {
    state.withLock { $0.admin[member] ?? .enabled }
  }

  func setAdminState(_ wanted: AdminState, of member: String) {
    let isNew = state.withLock { state in
      defer { state.admin[member] = wanted }
      return state.admin[member] != wanted
    }
    if isNew { add("admin", member, cause: "the operator asked for it", effect: "it is \(wanted.rawValue)") }
  }
}
