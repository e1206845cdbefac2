import CNetlink
import Wire

// RTN_UNICAST and RT_SCOPE_… of linux/rtnetlink.h.
private let unicast: UInt8 = 1
private let universe: UInt8 = 0
private let link: UInt8 = 253

extension NetlinkSession {
  /// Unicast routes of both families, in every table or in one.
  public func routes(table: UInt32? = nil) throws(SystemError) -> [Route] {
    var all: [Route?] = []
    for ipv6: Int32 in [0, 1] {
      all += try list("list routes", { fs_routes($0, ipv6, &$1, &$2, &$3) }, { Route($0) })
    }
    return all.compactMap { $0 }.filter { table == nil || $0.table == table }
  }

  /// - Throws: `EEXIST` when the table has a route to the destination (of that metric).
  public func addRoute(_ route: Route) throws(SystemError) { try set(route, create: true) }

  /// Adds the route or overwrites the one to the same destination, of the same metric.
  public func replaceRoute(_ route: Route) throws(SystemError) { try set(route, create: false) }

  private func set(_ route: Route, create: Bool) throws(SystemError) {
    try perform(create ? "add route" : "replace route", route.summary) { pointer, error in
      withUnsafePointer(to: fs_route(route)) { fs_route_set(pointer, $0, create ? 1 : 0, &error) }
    }
  }

  /// - Throws: `ESRCH` when there is none.
  public func deleteRoute(_ route: Route) throws(SystemError) {
    try perform("delete route", route.summary) { pointer, error in
      withUnsafePointer(to: fs_route(route)) { fs_route_delete(pointer, $0, &error) }
    }
  }
}

extension Route {
  fileprivate var summary: String { "\(destination) in table \(table)" }

  init?(_ from: fs_route) {
    guard from.type == unicast, let destination = from.destination.ipPrefix else { return nil }
    self.init(
      destination: destination, gateway: from.gateway.address, source: from.source.address,
      interface: from.index, table: from.table, isOnLink: from.onlink != 0, metric: from.metric,
      origin: RouteOrigin(rawValue: from.`protocol`))
  }
}

extension fs_route {
  init(_ route: Route) {
    self.init()
    destination = fs_address(route.destination)
    gateway = route.gateway.map { fs_address($0) } ?? fs_address()
    source = route.source.map { fs_address($0) } ?? fs_address()
    index = route.interface
    table = route.table
    metric = route.metric
    `protocol` = route.origin.rawValue
    type = unicast
    // IPv6 knows no scopes of routes; IPv4 refuses a gateway within the scope of a link, and the lack of one outside.
    scope = route.gateway == nil && !route.destination.address.isIPv6 ? link : universe
    onlink = route.isOnLink ? 1 : 0
  }
}
