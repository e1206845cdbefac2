/// The constants of RFC 5227 §1.1, and those of RFC 4861 §10 and RFC 4862 §5.1 for IPv6.
public struct OwnAddressTiming: Hashable, Sendable {
  /// PROBE_WAIT; MAX_RTR_SOLICITATION_DELAY: the longest random delay before the first probe.
  public var probeWait: Duration = .seconds(1)
  /// PROBE_NUM; an IPv6 address is solicited once (DupAddrDetectTransmits).
  public var probes = 3
  /// PROBE_MIN.
  public var probeMin: Duration = .seconds(1)
  /// PROBE_MAX.
  public var probeMax: Duration = .seconds(2)
  /// ANNOUNCE_WAIT: from the last probe until the address is used.
  public var announceWait: Duration = .seconds(2)
  /// RetransTimer: the same for IPv6.
  public var solicitWait: Duration = .seconds(1)
  /// ANNOUNCE_NUM.
  public var announcements = 2
  /// ANNOUNCE_INTERVAL.
  public var announceInterval: Duration = .seconds(2)
  /// MAX_CONFLICTS: so many addresses are tried one after the other; then one each RATE_LIMIT_INTERVAL.
  public var maxConflicts = 10
  /// RATE_LIMIT_INTERVAL. Also the pause before a configured address that another host has is tried again.
  public var rateLimit: Duration = .seconds(60)
  /// DEFEND_INTERVAL.
  public var defendInterval: Duration = .seconds(10)
  /// Time for which a reported conflict is not reported again.
  public var conflictHold: Duration = .seconds(30)

  public init() {}
}
