public import SwitchModel

/// Looks at a machine and says what will work on it, what not, and the command that mends it. Changes nothing.
public struct Doctor: Sendable {
  private static let checks: [any Check] = [
    KernelCheck(), BPFCheck(), PrivilegeCheck(), SettingsCheck(),
    PresenceCheck(), PurposeCheck(), CarrierCheck(), DriverCheck(), ProgramCheck(), OffloadCheck(),
    PeerCheck(),
    QueueCheck(), RingCheck(), MTUCheck(), LeftoverCheck(),
  ]

  private let probe: any Probe

  public init(_ probe: any Probe) { self.probe = probe }

  /// In the order: the machine, each port, what dead instances left.
  /// - Parameter configuration: checked; nil: every Ethernet interface is looked at as if it might become a port.
  public func examine(_ configuration: SwitchConfiguration?) -> [Finding] {
    let examination = Examination(probe, configuration)
    let all = Self.checks.flatMap { $0.findings(in: examination) }
    // By port, not by check: an operator mends one after the other.
    var order: [String: Int] = [:]
    for finding in all where order[finding.subject] == nil { order[finding.subject] = order.count }
    return all.enumerated().sorted {
      (order[$0.element.subject] ?? 0, $0.offset) < (order[$1.element.subject] ?? 0, $1.offset)
    }.map(\.element)
  }

  /// Whether the switch will work: nothing is a fault.
  public static func isFit(_ findings: [Finding]) -> Bool { !findings.contains { $0.level == .fault } }
}
