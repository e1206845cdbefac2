import CNetlink

// FR_ACT_… of linux/fib_rules.h.
private let lookUpTable: UInt8 = 1
private let goTo: UInt8 = 2
private let pass: UInt8 = 3

extension NetlinkSession {
  /// Rules of both families, in the kernel's order per family.
  public func rules() throws(SystemError) -> [RoutingRule] {
    var all: [RoutingRule] = []
    for ipv6: Int32 in [0, 1] {
      all += try list("list rules", { fs_rules($0, ipv6, &$1, &$2, &$3) }, { RoutingRule($0) })
    }
    return all
  }

  /// - Throws: `EEXIST` when there is one like it.
  public func addRule(_ rule: RoutingRule) throws(SystemError) {
    try perform("add rule", rule.summary) { pointer, error in
      withUnsafePointer(to: fs_rule(rule)) { fs_rule_add(pointer, $0, &error) }
    }
  }

  /// - Throws: `ENOENT` when there is none.
  public func deleteRule(_ rule: RoutingRule) throws(SystemError) {
    try perform("delete rule", rule.summary) { pointer, error in
      withUnsafePointer(to: fs_rule(rule)) { fs_rule_delete(pointer, $0, &error) }
    }
  }
}

extension RoutingRule {
  fileprivate var summary: String {
    let what = mark.map { "\(isInverted ? "not " : "")mark 0x\(String($0, radix: 16))" } ?? "all"
    return switch action {
    case .lookUp: "\(priority): \(what) to table \(table)"
    case .goTo(let target): "\(priority): \(what) on to \(target)"
    case .pass: "\(priority): nothing"
    case .other(let number): "\(priority): \(what), action \(number)"
    }
  }

  init(_ from: fs_rule) {
    let action: Action =
      switch from.action {
      case lookUpTable: .lookUp
      case goTo: .goTo(from.target)
      case pass: .pass
      default: .other(from.action)
      }
    self.init(
      isIPv6: from.ipv6 != 0, mark: from.has_mark != 0 ? from.mark : nil,
      mask: from.has_mark != 0 ? from.mask : .max, isInverted: from.invert != 0, action: action,
      table: from.table, priority: from.priority, origin: RouteOrigin(rawValue: from.`protocol`))
  }
}

extension fs_rule {
  init(_ rule: RoutingRule) {
    self.init()
    ipv6 = rule.isIPv6 ? 1 : 0
    invert = rule.isInverted ? 1 : 0
    switch rule.action {
    case .lookUp: action = lookUpTable
    case .goTo(let priority):
      action = goTo
      target = priority
    case .pass: action = pass
    case .other(let number): action = number
    }
    `protocol` = rule.origin.rawValue
    table = rule.table
    priority = rule.priority
    if let wanted = rule.mark {
      has_mark = 1
      mark = wanted
      mask = rule.mask
    }
  }
}
