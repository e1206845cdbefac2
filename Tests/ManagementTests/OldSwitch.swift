import ManagementFixtures
import SwitchModel

/// A fake switch without what has a default.
struct OldSwitch: SwitchOperations {
  private let fake = FakeSwitch()

  func version() async -> VersionRow { await fake.version() }
  func ports() async -> [PortRow] { await fake.ports() }
  func clusters() async -> [ClusterRow] { await fake.clusters() }
  func members() async -> [MemberRow] { await fake.members() }
  func buckets(cluster: String?) async throws(OperationError) -> [BucketRow] {
    try await fake.buckets(cluster: cluster)
  }
  func flows(for duration: Duration) async throws(OperationError) -> [FlowRow] {
    try await fake.flows(for: duration)
  }
  func stations() async -> [StationRow] { await fake.stations() }
  func arp() async -> [ARPRow] { await fake.arp() }
  func drops() async -> [DropRow] { await fake.drops() }
  func routers() async -> [RouterRow] { await fake.routers() }
  func probes() async -> [ProbeRow] { await fake.probes() }
  func events(after: UInt64?) async -> [EventRow] { await fake.events(after: after) }
  func followEvents() async -> AsyncStream<EventRow> { await fake.followEvents() }
  func explain(_ question: ExplainQuestion) async throws(OperationError) -> Explanation {
    try await fake.explain(question)
  }
  func capture(_ request: CaptureRequest) async throws(OperationError) -> AsyncStream<CaptureBatch> {
    try await fake.capture(request)
  }
  func setAdminState(_ state: AdminState, of member: String) async throws(OperationError) {
    try await fake.setAdminState(state, of: member)
  }
}
