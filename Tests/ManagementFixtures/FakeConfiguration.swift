public import SwitchModel
import Synchronization

/// A configuration that says what it is told to by what is in the text.
public final class FakeConfiguration: ConfigurationOperations {
  private struct State {
    var text = "switch: {name: fs1}\n"
    var confirm: Duration?
    var calls: [String] = []
  }
  private let state = Mutex(State())

  public init() {}

  /// What was asked for, in order.
  public var calls: [String] { state.withLock { $0.calls } }

  public func configurationText() async -> [UInt8] { state.withLock { Array($0.text.utf8) } }

  public func plan(_ text: [UInt8]) async throws(ConfigurationRefusal) -> ConfigurationPlan {
    note("plan")
    let text = try check(text)
    if text.contains("same") { return ConfigurationPlan() }
    return ConfigurationPlan(
      changes: [
        PlannedChange(.added, .member, "web/s3", ["port sw-s3", "weight 100"]),
        PlannedChange(.changed, .switch, "hook", ["none → \u{1b}[2J"]),
        PlannedChange(.removed, .pool, "up"),
      ],
      moves: [
        PlannedMove(
          cluster: "web", buckets: 4, moved: 1, packetsPerSecond: 12, newFlowsPerSecond: 3,
          members: [PlannedShare("s1", before: 3, after: 2), PlannedShare("s3", before: 0, after: 1)])
      ],
      breaks: text.contains("gentle")
        ? [] : [PlannedBreak("up", reason: "the pool is removed", packetsPerSecond: 7)],
      interruptions: text.contains("pcap") ? ["nothing is forwarded meanwhile"] : [],
      growth: [PlannedGrowth("members", before: 64, after: 256)],
      refusals: text.contains("renamed") ? ["switch.name: 'fs1' → 'fs2'"] : [])
  }

  public func apply(
    _ text: [UInt8], confirmWithin: Duration?
  ) async throws(ConfigurationRefusal) -> ConfigurationOutcome {
    note("apply\(confirmWithin.map { " \($0.text)" } ?? "")")
    let text = try check(text)
    state.withLock {
      $0.text = text
      $0.confirm = confirmWithin
    }
    var outcome = outcome(!text.contains("same"))
    if !outcome.changed {
      outcome.reread = ["/etc/flowswitch/cert.pem"]
      outcome.warnings = ["tokens: wrong"]
    }
    return outcome
  }

  public func confirm() async throws(ConfigurationRefusal) -> ConfigurationOutcome {
    note("confirm")
    let isOpen = state.withLock { state in
      defer { state.confirm = nil }
      return state.confirm != nil
    }
    if !isOpen && calls.contains(where: { $0.hasPrefix("apply") }) {
      throw ConfigurationRefusal(.notFound, "no configuration waits to be confirmed")
    }
    return outcome(false)
  }

  public func rollback() async throws(ConfigurationRefusal) -> ConfigurationOutcome {
    note("rollback")
    return outcome(true)
  }

  public func reload() async throws(ConfigurationRefusal) -> ConfigurationOutcome {
    note("reload")
    return outcome(true)
  }

  private func note(_ call: String) { state.withLock { $0.calls.append(call) } }

  private func outcome(_ changed: Bool) -> ConfigurationOutcome {
    ConfigurationOutcome(
      changed: changed,
      confirmWithinSeconds: state.withLock { $0.confirm.map { Int($0.components.seconds) } },
      startFile: "/etc/flowswitch/fs1.yaml", isStartFile: false)
  }

  private func check(_ bytes: [UInt8]) throws(ConfigurationRefusal) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    if text.contains("busy") { throw ConfigurationRefusal(.busy, "another change is under way") }
    if text.contains("faulty") {
      throw ConfigurationRefusal(
        .invalid, "the configuration has 1 fault",
        faults: [
          Diagnostic(
            severity: .error, file: "configuration", line: 1, column: 9, path: "switch.name",
            message: "missing", expected: nil)
        ])
    }
    return text
  }
}
