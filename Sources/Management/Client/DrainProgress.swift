public import SwitchModel

/// What is left on a member or router that is drained, as its daemon tells it.
public struct DrainProgress: Hashable, Sendable {
  public var member: String
  public var adminState: AdminState?
  /// Buckets that lead to it.
  public var buckets: Int
  /// Packets a second that still go there.
  public var packetsPerSecond: UInt64
  /// The daemon has said that nothing is left, since the operator asked for it.
  public var isEmpty: Bool

  /// `web/s1: 12 buckets, 340 packets/s`
  public var text: String {
    "\(member): \(buckets) bucket\(buckets == 1 ? "" : "s"), \(packetsPerSecond) packets/s"
  }
}

extension ControlClient {
  /// Asks once. Nil: the member or router is not there any more.
  ///
  /// That it is empty is for the daemon to say (event `drained`): a connection can be silent for long and still be one.
  public func drainProgress(of member: String) async throws(ControlClientError) -> DrainProgress? {
    let events = try await get([EventRow].self, .events).value.filter { $0.subject == member }
    let asked = events.last { $0.kind == "admin" }?.number ?? 0
    let isEmpty = events.contains { $0.kind == "drained" && $0.number > asked }
    let row: DrainProgress
    if let member = try await get([MemberRow].self, .members).value.first(where: { $0.key == member }) {
      row = DrainProgress(
        member: member.key, adminState: AdminState(rawValue: member.admin_state), buckets: member.buckets,
        packetsPerSecond: max(member.packets_per_second, member.leaving_packets_per_second), isEmpty: isEmpty)
    } else if let router = try await get([RouterRow].self, .routers).value.first(where: { $0.key == member })
    {
      row = DrainProgress(
        member: router.key, adminState: router.admin_state, buckets: router.buckets,
        packetsPerSecond: router.packets_per_second, isEmpty: isEmpty)
    } else {
      return nil
    }
    var progress = row
    progress.buckets = try await bucketsLeading(to: member) ?? row.buckets
    return progress
  }

  /// Buckets that lead to the member, those in transition from it as well; nil where the daemon does not list them.
  private func bucketsLeading(to member: String) async throws(ControlClientError) -> Int? {
    let parts = member.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    do {
      return try await get([BucketRow].self, .buckets, [("cluster", parts[0])]).value
        .count { $0.member == parts[1] || $0.previous == parts[1] }
    } catch {
      if case .refused = error { return nil }
      throw error
    }
  }
}

extension MemberRow {
  fileprivate var key: String { "\(cluster)/\(name)" }
}

extension RouterRow {
  fileprivate var key: String { "\(pool)/\(name)" }
}
