import Management
import ManagementFixtures
import SwitchModel
import Synchronization

@testable import FlowSwitch

/// A switch that says who it is, and a place that starts such ones.
final class FakeInstance: SwitchInstance, FakeSwitchHolder {
  let configuration: SwitchConfiguration
  private let place: FakePlace
  let fake = FakeSwitch(isSlow: true)

  init(_ configuration: SwitchConfiguration, _ place: FakePlace) {
    self.configuration = configuration
    self.place = place
  }

  func run(beat: @escaping @Sendable () -> Void) async {
    place.note("run")
    beat()
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
  }

  func handOver() async {
    place.note("hand over")
    place.endEvents()
  }

  func tableGrowth(for next: SwitchConfiguration) async -> [PlannedGrowth] {
    next.settleTime == .seconds(7) ? [PlannedGrowth("members", before: 64, after: 256)] : []
  }

  func note(_ note: OperatorNote) async { place.remember(note) }

  func stop(keep: Bool) async { place.note(keep ? "keep" : "stop") }

  func version() async -> VersionRow {
    var row = await fake.version()
    row.name = "\(configuration.settleTime.text)"
    return row
  }
  func events(after: UInt64?) async -> [EventRow] { place.events(after: after) }
  func followEvents() async -> AsyncStream<EventRow> { place.follow() }
  func totals() async -> SwitchTotals { await fake.totals() }
  func capture(_ request: CaptureRequest) async throws(OperationError) -> AsyncStream<CaptureBatch> {
    place.capture(request)
  }
}

/// Starts fake switches, and remembers what happened to them.
final class FakePlace: Sendable {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }
  private struct State {
    var calls: [String] = []
    var notes: [OperatorNote] = []
    /// What preparing the API fails with.
    var apiFailure: String?
    /// What became of files that were read again.
    var notices: [CredentialNotice] = []
    var rows: [EventRow] = []
    var followers: [AsyncStream<EventRow>.Continuation] = []
    /// Starts that fail, and how many times.
    var failures: [String: Int] = [:]
    var gate: AsyncStream<Void>?
    var time = 1_000_000
    var address = "none"
    var captures: [AsyncStream<CaptureBatch>.Continuation] = []
    var requests: [CaptureRequest] = []
  }
  private let state = Mutex(State())

  /// - Parameter time: seconds since 1970.
  init(at time: Int = 1_000_000) { state.withLock { $0.time = time } }

  var calls: [String] { state.withLock { $0.calls } }
  var notes: [OperatorNote] { state.withLock { $0.notes } }
  var time: Int {
    get { state.withLock { $0.time } }
    set { state.withLock { $0.time = newValue } }
  }

  func remember(_ note: OperatorNote) { state.withLock { $0.notes.append(note) } }
  func failAPI(_ reason: String?) { state.withLock { $0.apiFailure = reason } }
  func giveNotices(_ notices: [CredentialNotice]) { state.withLock { $0.notices = notices } }

  /// The API's part of a change, which is remembered where it is another one.
  func prepareAPI(_ next: APIConfiguration?) throws -> NetworkDoor.Change {
    if let reason = state.withLock({ $0.apiFailure }) { throw Failure(description: reason) }
    let address = next?.listen.map(\.description) ?? "none"
    let former = state.withLock { $0.address }
    if address != former { note("bind \(address)") }
    return NetworkDoor.Change(
      commit: { [self] in
        if address != former { note("serve \(address)") }
        return state.withLock { state in
          state.address = address
          return state.notices
        }
      }, abandon: { [self] in if address != former { note("abandon \(address)") } })
  }

  func note(_ call: String) { state.withLock { $0.calls.append(call) } }
  func fail(_ settleTime: String, times: Int = 1) { state.withLock { $0.failures[settleTime] = times } }
  /// Starts wait until the stream ends.
  func hold(_ gate: AsyncStream<Void>) { state.withLock { $0.gate = gate } }

  func record(_ kind: String) {
    state.withLock { state in
      let row = EventRow(
        number: UInt64(state.rows.count + 1), time: "2025-01-02T03:04:05Z", kind: kind, severity: "notice",
        subject: "fs1", cause: "", effect: "", buckets_moved: 0)
      state.rows.append(row)
      for follower in state.followers { follower.yield(row) }
    }
  }

  func events(after: UInt64?) -> [EventRow] {
    state.withLock { state in state.rows.filter { $0.number > after ?? 0 } }
  }

  func follow() -> AsyncStream<EventRow> {
    let (stream, output) = AsyncStream.makeStream(of: EventRow.self)
    state.withLock { $0.followers.append(output) }
    return stream
  }

  func endEvents() {
    let gone = state.withLock { state in
      defer { (state.followers, state.captures) = ([], []) }
      return (state.followers, state.captures)
    }
    for follower in gone.0 { follower.finish() }
    for capture in gone.1 { capture.finish() }
  }

  var requests: [CaptureRequest] { state.withLock { $0.requests } }

  /// One packet, one that was missed, and no more until the switch goes.
  func capture(_ request: CaptureRequest) -> AsyncStream<CaptureBatch> {
    let (stream, output) = AsyncStream.makeStream(of: CaptureBatch.self)
    let packet = CapturedPacket(number: 1, time: 5, port: "r1", verdict: .flood, length: 60, before: [])
    output.yield(CaptureBatch(packets: [packet], missed: 1))
    state.withLock { state in
      state.captures.append(output)
      state.requests.append(request)
    }
    return stream
  }

  func start(_ configuration: SwitchConfiguration) async throws -> FakeInstance {
    let gate = state.withLock { $0.gate }
    if let gate { for await _ in gate {} }
    let name = configuration.settleTime.text
    let fails = state.withLock { state in
      guard let left = state.failures[name], left > 0 else { return false }
      state.failures[name] = left - 1
      return true
    }
    if fails {
      note("start \(name) fails")
      throw Failure(description: "no room")
    }
    note("start \(name)")
    record("started")
    return FakeInstance(configuration, self)
  }

  /// Told from each other by their settle time.
  static func text(_ settleTime: String, name: String = "fs1", more: String = "") -> [UInt8] {
    Array(
      """
      switch: {name: \(name), settle-time: \(settleTime)}
      ports: [{name: r1, role: router}, {name: p1, role: server}]
      clusters:
        - {name: web, address: 10.0.0.1, members: [{name: s1, port: p1}]}
      \(more)
      """.utf8)
  }
}
