import SystemPackage
import Wire

/// The ways of probes in the kernel (architecture, decision 5): for each member a mark, a rule from the mark to a table,
/// in the table a route to the member's address by a next hop of its own, and a permanent neighbour that says where
/// frames to that next hop go.
///
/// Next hops are 169.254.0.0 + member (from member 65,535 on 240.0.0.0 + member) and fe80::f5:0:0 + member. They are
/// never on the wire, and as neighbours of this interface alone meet nobody else's.
///
/// All is read from the kernel each time, so what an earlier run left is found and what is wanted still stays as it is.
/// Rules and routes carry `RouteOrigin.flowSwitch`.
public struct ProbeRoutes: Sendable {
  private let interface: UInt32
  private let numbers: ProbeMark

  /// - Parameter interface: the host's end of the switch's own pair.
  public init(interface: Link) {
    self.interface = interface.index
    numbers = ProbeMark(interface: interface.index)
  }

  /// What a socket sets with `SO_MARK` to speak to the member.
  public func mark(member: Int) -> UInt32 { numbers.mark(member) }

  /// Makes the kernel have these ways and no other of this interface's. What interfaces that are gone left is removed.
  /// - Parameter wanted: of two of the same member and family the last counts; numbers beyond 1...2^18 - 1 are ignored.
  /// - Throws: the first refusal; the call may be repeated. `EEXIST`: there is no range of priorities left.
  public func apply(_ wanted: [ProbeRoute]) throws(SystemError) {
    let session = try NetlinkSession()
    try Self.removeLeftOvers(session)
    let rules = try session.rules()
    guard let place = ProbeRules.find(numbers, among: rules) else {
      throw SystemError(
        "add rules", "", code: .fileExists, detail: "no range of \(ProbeRules.length) priorities is free")
    }
    var ways: [Key: ProbeRoute] = [:]
    for way in wanted where way.member > 0 && way.member <= Int(ProbeMark.memberMask) {
      ways[Key(member: way.member, isIPv6: way.address.isIPv6)] = way
    }

    let wantedRules = [false, true].flatMap { isIPv6 in
      place.rules(ways.keys.filter { $0.isIPv6 == isIPv6 }.map(\.member), isIPv6: isIPv6)
    }
    let presentRules = place.present(among: rules)
    let wantedRoutes = ways.values.map(route)
    let presentRoutes = try Self.routes(session, of: numbers, interface)
    let wantedNeighbours = ways.values.map(neighbour)
    let presentNeighbours = try Self.neighbours(session, of: interface)

    // From the rule to the neighbour out, the other way in: no probe ever takes half a way.
    try Self.remove(presentRules, except: Set(wantedRules), session)
    // A route to the same address from elsewhere or by another way is replaced in place.
    let kept = Set(wantedRoutes.map { RoutePlace($0) })
    for route in presentRoutes where !kept.contains(RoutePlace(route)) { try session.dropRoute(route) }
    let needed = Set(wantedNeighbours.map(\.address))
    for neighbour in presentNeighbours where !needed.contains(neighbour.address) {
      try session.dropNeighbour(neighbour)
    }
    for neighbour in Set(wantedNeighbours).subtracting(presentNeighbours) {
      try session.replaceNeighbour(neighbour)
    }
    for route in Set(wantedRoutes).subtracting(presentRoutes) {
      // IPv6 would add another path beside the one there instead of replacing it, where the two differ by more.
      for old in presentRoutes where RoutePlace(old) == RoutePlace(route) { try session.dropRoute(old) }
      try session.addRoute(route)
    }
    let before = Set(presentRules)
    for rule in wantedRules where !before.contains(rule) { try session.addRule(rule) }
  }

  /// Takes away all that was ever put there for an interface, whoever put it there.
  public static func removeAll(interface index: UInt32) throws(SystemError) {
    let session = try NetlinkSession()
    let numbers = ProbeMark(interface: index)
    let rules = try session.rules()
    for place in ProbeRules.all(among: rules) where place.mark == numbers {
      try remove(place.present(among: rules), except: [], session)
    }
    for route in try routes(session, of: numbers, index) { try session.dropRoute(route) }
    for neighbour in try neighbours(session, of: index) { try session.dropNeighbour(neighbour) }
    try removeLeftOvers(session)
  }

  /// Rules of switches whose interface is gone. Routes and neighbours went with it.
  private static func removeLeftOvers(_ session: NetlinkSession) throws(SystemError) {
    let rules = try session.rules()
    let places = ProbeRules.all(among: rules)
    guard !places.isEmpty else { return }
    let living = Set(try session.links().map { $0.index % 2048 })
    for place in places where !living.contains(place.mark.interface) {
      try remove(place.present(among: rules), except: [], session)
    }
  }

  private static func remove(
    _ rules: [RoutingRule], except kept: Set<RoutingRule>, _ session: NetlinkSession
  ) throws(SystemError) {
    // The guardians stand first in their ranges; they go last.
    for rule in rules.sorted(by: { $0.priority > $1.priority }) where !kept.contains(rule) {
      try SystemError.ignoringAbsence { () throws(SystemError) in try session.deleteRule(rule) }
    }
  }
}

extension ProbeRoutes {
  private struct Key: Hashable {
    var member: Int
    var isIPv6: Bool
  }

  /// What a table has one of.
  private struct RoutePlace: Hashable {
    var table: UInt32
    var destination: IPPrefix

    init(_ route: Route) {
      table = route.table
      destination = route.destination
    }
  }

  private func route(_ way: ProbeRoute) -> Route {
    Route(
      destination: IPPrefix(way.address), gateway: Self.nextHop(way.member, isIPv6: way.address.isIPv6),
      source: way.source, interface: interface, table: mark(member: way.member), isOnLink: true,
      // IPv6's default, which would be reported in the place of 0.
      metric: way.address.isIPv6 ? 1024 : 0)
  }

  private func neighbour(_ way: ProbeRoute) -> Neighbour {
    Neighbour(
      interface: interface, address: Self.nextHop(way.member, isIPv6: way.address.isIPv6), mac: way.mac)
  }

  static func nextHop(_ member: Int, isIPv6: Bool) -> IPAddress {
    let number = UInt32(truncatingIfNeeded: member)
    if isIPv6 {
      return IPAddress(hi: 0x80fe, lo: UInt64(0xf5 << 32 | UInt64(number)).byteSwapped, isIPv6: true)
    }
    return IPAddress(v4: (number < 0xffff ? 0xa9fe_0000 + number : 0xf000_0000 + number).byteSwapped)
  }

  private static func isNextHop(_ address: IPAddress) -> Bool {
    if address.isIPv6 { return address.hi == 0x80fe && address.lo.byteSwapped >> 32 == 0xf5 }
    let first = UInt32(truncatingIfNeeded: address.lo).byteSwapped >> 16
    return first == 0xa9fe || first >> 2 == 0xf000 >> 2
  }

  private static func routes(
    _ session: NetlinkSession, of numbers: ProbeMark, _ interface: UInt32
  ) throws(SystemError) -> [Route] {
    try session.routes().filter {
      $0.origin == .flowSwitch && $0.interface == interface && numbers.owns($0.table)
    }
  }

  private static func neighbours(
    _ session: NetlinkSession, of interface: UInt32
  ) throws(SystemError) -> [Neighbour] {
    try session.neighbours(of: interface).filter {
      $0.state.contains(.permanent) && isNextHop($0.address)
    }
  }
}

extension SystemError {
  /// To take away what is gone already is no failure.
  fileprivate static func ignoringAbsence(_ body: () throws(SystemError) -> Void) throws(SystemError) {
    do {
      try body()
    } catch {
      if !error.isAbsence { throw error }
    }
  }
}

extension NetlinkSession {
  fileprivate func dropRoute(_ route: Route) throws(SystemError) {
    try SystemError.ignoringAbsence { () throws(SystemError) in try deleteRoute(route) }
  }

  fileprivate func dropNeighbour(_ neighbour: Neighbour) throws(SystemError) {
    try SystemError.ignoringAbsence { () throws(SystemError) in
      try deleteNeighbour(neighbour.address, of: neighbour.interface)
    }
  }
}
