/// The rules of one switch's probes in one address family, in a range of priorities of its own.
///
/// ```
///   base        not our marks          goto end         what every other packet of the host meets, and no more
///   base + 1    marks of group g       goto base + 2 + g % 124       for each group of 256 members
///   base + 2…   (nothing)                               where a group begins
///               mark of member m       table m          for each of its members, at the same priority
///   end         (nothing)                               base + 127
/// ```
///
/// A probe of one of 4,096 members meets 17 rules to its group and 256 there at most.
struct ProbeRules {
  static let length: UInt32 = 128
  /// The ranges lie between the kernel's own rules, 0 and 32766, and leave room for others before and behind.
  static let first: UInt32 = 1024
  static let ranges: UInt32 = 240
  private static let slots: UInt32 = 124

  let mark: ProbeMark
  let base: UInt32

  var end: UInt32 { base + Self.length - 1 }
  var range: ClosedRange<UInt32> { base...end }

  func guardian(isIPv6: Bool) -> RoutingRule {
    RoutingRule(
      isIPv6: isIPv6, mark: mark.instance, mask: ProbeMark.instanceMask, isInverted: true, action: .goTo(end),
      priority: base)
  }

  /// In the order in which they are to be added; taken away in the opposite one. The guardian is first and last, so that
  /// a range that was left half made is known by it.
  func rules(_ members: [Int], isIPv6: Bool) -> [RoutingRule] {
    guard !members.isEmpty else { return [] }
    let marks = members.map(mark.mark).sorted()
    let groups = Set(marks.map { $0 & ProbeMark.groupMask }).sorted()
    func slot(_ mark: UInt32) -> UInt32 { base + 2 + (mark & ProbeMark.memberMask) >> 8 % Self.slots }
    let places = Set(groups.map(slot)).sorted()
    return [guardian(isIPv6: isIPv6)]
      + ([end] + places).map { RoutingRule(isIPv6: isIPv6, mark: nil, action: .pass, priority: $0) }
      + marks.map { RoutingRule(isIPv6: isIPv6, mark: $0, table: $0, priority: slot($0)) }
      + groups.map {
        RoutingRule(
          isIPv6: isIPv6, mark: $0, mask: ProbeMark.groupMask, action: .goTo(slot($0)), priority: base + 1)
      }
  }

  /// Where the rules of this switch stand already; else the first range from the one that the interface's index names
  /// on in which there is nobody else's rule. Nil: all are taken.
  static func find(_ mark: ProbeMark, among rules: [RoutingRule]) -> ProbeRules? {
    if let known = all(among: rules).first(where: { $0.mark == mark }) { return known }
    let taken = Set(
      rules.filter { $0.priority >= first }.map { ($0.priority - first) / length }.filter { $0 < ranges })
    return (0..<ranges).lazy.map { (mark.interface + $0) % ranges }.first { !taken.contains($0) }
      .map { ProbeRules(mark: mark, base: first + $0 * length) }
  }

  /// Every switch's, known by their guardians.
  static func all(among rules: [RoutingRule]) -> [ProbeRules] {
    let found = rules.compactMap { rule -> ProbeRules? in
      guard rule.origin == .flowSwitch, rule.isInverted, rule.mask == ProbeMark.instanceMask,
        let mark = rule.mark.flatMap(ProbeMark.init(instance:)),
        rule.action == .goTo(rule.priority + length - 1)
      else { return nil }
      return ProbeRules(mark: mark, base: rule.priority)
    }
    var seen: Set<UInt32> = []
    return found.filter { seen.insert($0.base).inserted }
  }

  /// Those of the switch's rules that are there.
  func present(among rules: [RoutingRule]) -> [RoutingRule] {
    rules.filter { $0.origin == .flowSwitch && range.contains($0.priority) }
  }
}
