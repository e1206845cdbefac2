public import SwitchModel

/// Answers as a fake switch does, but for what a type says itself. What `SwitchOperations` has a default for stays so.
public protocol FakeSwitchHolder: SwitchOperations {
  var fake: FakeSwitch { get }
}

extension FakeSwitchHolder {
  public func version() async -> VersionRow { await fake.version() }
  public func ports() async -> [PortRow] { await fake.ports() }
  public func clusters() async -> [ClusterRow] { await fake.clusters() }
  public func members() async -> [MemberRow] { await fake.members() }
  public func buckets(cluster: String?) async throws(OperationError) -> [BucketRow] {
    try await fake.buckets(cluster: cluster)
  }
  public func flows(for duration: Duration) async throws(OperationError) -> [FlowRow] {
    try await fake.flows(for: duration)
  }
  public func stations() async -> [StationRow] { await fake.stations() }
  public func arp() async -> [ARPRow] { await fake.arp() }
  public func drops() async -> [DropRow] { await fake.drops() }
  public func routers() async -> [RouterRow] { await fake.routers() }
  public func probes() async -> [ProbeRow] { await fake.probes() }
  public func events(after: UInt64?) async -> [EventRow] { await fake.events(after: after) }
  public func followEvents() async -> AsyncStream<EventRow> { await fake.followEvents() }
  public func explain(_ question: ExplainQuestion) async throws(OperationError) -> Explanation {
    try await fake.explain(question)
  }
  public func capture(_ request: CaptureRequest) async throws(OperationError) -> AsyncStream<CaptureBatch> {
    try await fake.capture(request)
  }
  public func setAdminState(_ state: AdminState, of member: String) async throws(OperationError) {
    try await fake.setAdminState(state, of: member)
  }
}
