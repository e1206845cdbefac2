import SwitchModel

/// The API without HTTP: a request to an answer, from what the switch offers.
///
///     GET /api/v1/version
///     GET /api/v1/ports[?port=P]
///     GET /api/v1/clusters[?cluster=C]
///     GET /api/v1/members[?cluster=C][&port=P]
///     GET /api/v1/buckets[?cluster=C]
///     GET /api/v1/flows[?for=2s][&cluster=C]
///     GET /api/v1/stations[?port=P][&vlan=V]
///     GET /api/v1/arp[?vlan=V]
///     GET /api/v1/drops[?port=P]
///     GET /api/v1/routers[?pool=P][&port=P]
///     GET /api/v1/probes[?cluster=C][&pool=P]
///     GET /api/v1/events[?after=NUMBER][&limit=N]
///     GET /api/v1/events/follow[?after=NUMBER]
///     GET /api/v1/stream[?after=NUMBER]
///     GET /api/v1/openapi.json
///     GET /metrics
///     GET /api/v1/capture[?port=P,Q][&filter=EXPRESSION][&snap=N][&count=N]
///     POST /api/v1/explain
///     PUT /api/v1/members/CLUSTER/MEMBER/admin-state
///     PUT /api/v1/routers/POOL/ROUTER/admin-state
///     GET /api/v1/configuration
///     PUT /api/v1/configuration[?confirm=60s]
///     POST /api/v1/configuration/plan
///     POST /api/v1/configuration/confirm, rollback, reload
///
/// A filter that names a cluster, a pool or a port which does not exist is `not-found`, not an empty list: a slip of the
/// finger must not look like an idle switch.
struct API: Sendable {
  static let prefix = "/api/v1/"
  /// How long `flows` may watch.
  static let watch: ClosedRange<Duration> = .milliseconds(100)...(.seconds(60))
  static let defaultWatch: Duration = .seconds(2)

  let operations: any SwitchOperations
  /// Nil: the configuration cannot be looked at nor changed here.
  let configuration: (any ConfigurationOperations)?
  let followers: FollowerLimit
  let feed: StateFeed
  let assets: ConsoleAssets

  /// - Parameter assets: of the console; none on the control socket.
  init(
    operations: any SwitchOperations, configuration: (any ConfigurationOperations)? = nil,
    limits: ServerLimits = ServerLimits(), assets: ConsoleAssets = .none
  ) {
    self.operations = operations
    self.configuration = configuration
    self.assets = assets
    followers = FollowerLimit(limits.followers)
    feed = StateFeed(operations: operations, limits: limits)
  }

  func answer(_ request: APIRequest) async -> APIResponse {
    do {
      return try await route(request)
    } catch {
      return APIResponse(error)
    }
  }

  /// Who may not, does not learn what there is: the token comes first, then the path, the method and the role.
  private func route(_ request: APIRequest) async throws(APIError) -> APIResponse {
    guard Route.isGuarded(request.path) else { return try console(request) }
    let role: Role
    switch request.access {
    case .granted(let granted): role = granted
    case .refused(let error): throw error
    }
    guard let route = Route(path: request.path) else { throw noSuchPath }
    guard route.methods.contains(request.method) else { throw APIError(allowed: route.methods) }
    let needed = route.role(for: request.method)
    guard role >= needed else {
      throw APIError(
        .forbidden, "the token's role is \(role.rawValue); this needs \(needed.rawValue)")
    }
    let query = try Query(request.query, knowing: route.parameters(for: request.method))
    return switch route {
    case .rows(let resource): try await show(resource, query)
    case .action(let action): try await perform(action, query, request)
    }
  }

  private var noSuchPath: APIError {
    let known = (Resource.allCases.map(\.rawValue) + Action.paths).map { API.prefix + $0 }
    return APIError(
      .notFound,
      "there is no such path; known: \(known.joined(separator: ", ")), \(Action.metricsPath)")
  }

  /// The console and what it is made of.
  private func console(_ request: APIRequest) throws(APIError) -> APIResponse {
    guard let asset = assets(request.path) else { throw noSuchPath }
    guard request.method == "GET" || request.method == "HEAD" else {
      throw APIError(allowed: ["GET", "HEAD"])
    }
    return APIResponse(asset)
  }

  private func show(_ resource: Resource, _ query: Query) async throws(APIError) -> APIResponse {
    let cluster = try await existingCluster(query["cluster"])
    let port = try await existingPort(query["port"])
    let pool = try await existingPool(query["pool"])
    let vlan = try query.integer("vlan", in: 0...4094)
    switch resource {
    case .version: return list(await operations.version())
    case .ports: return list(await operations.ports().filter { port == nil || $0.name == port })
    case .clusters:
      return list(await operations.clusters().filter { cluster == nil || $0.name == cluster })
    case .members:
      return list(
        await operations.members().filter {
          (cluster == nil || $0.cluster == cluster) && (port == nil || $0.port == port)
        })
    case .buckets: return try await buckets(of: cluster)
    case .flows:
      let duration = try query.duration("for", in: API.watch) ?? API.defaultWatch
      return try await flows(for: duration, cluster: cluster)
    case .stations:
      return list(
        await operations.stations().filter {
          (port == nil || $0.port == port) && (vlan == nil || $0.vlan == vlan)
        })
    case .arp: return list(await operations.arp().filter { vlan == nil || $0.vlan == vlan })
    case .drops: return list(await operations.drops().filter { port == nil || $0.port == port })
    case .routers:
      return list(
        await operations.routers().filter {
          (pool == nil || $0.pool == pool) && (port == nil || $0.port == port)
        })
    case .probes:
      let groups = [cluster, pool].compactMap(\.self).map { "\($0)/" }
      return list(
        await operations.probes().filter { row in
          groups.allSatisfy { group in row.targets.contains { $0.hasPrefix(group) } }
        })
    case .events:
      let limit = try query.integer("limit", in: 1...1_000_000)
      let rows = await operations.events(after: try query.number("after"))
      return list(limit.map { Array(rows.suffix($0)) } ?? rows)
    }
  }

  func list(_ value: some Encodable) -> APIResponse { APIResponse(.whole(JSON.encode(value))) }

  private func flows(for duration: Duration, cluster: String?) async throws(APIError) -> APIResponse {
    do {
      return list(
        try await operations.flows(for: duration).filter { cluster == nil || $0.cluster == cluster }
      )
    } catch {
      throw APIError(error)
    }
  }

  /// A cluster has up to 65,536 buckets and a switch 16,384 clusters: without a filter they go out some clusters at a
  /// time.
  private func buckets(of cluster: String?) async throws(APIError) -> APIResponse {
    if let cluster {
      do {
        var page = BucketPage()
        page.append(try await operations.buckets(cluster: cluster))
        return APIResponse(.whole([UInt8(ascii: "[")] + page.bytes + [UInt8(ascii: "]")]))
      } catch {
        throw APIError(error)
      }
    }
    let names = await operations.clusters().map(\.name)
    let operations = operations
    return APIResponse(
      .pages { write in
        var page = BucketPage()
        var opening = UInt8(ascii: "[")
        for name in names {
          // A cluster that was taken out meanwhile has no buckets to show.
          if let rows = try? await operations.buckets(cluster: name) { page.append(rows) }
          if page.bytes.count < 1 << 16 { continue }
          try await write([opening] + page.bytes)
          opening = UInt8(ascii: ",")
          page = BucketPage()
        }
        // Of no rows at all, or of the last ones.
        let isDone = page.bytes.isEmpty && opening == UInt8(ascii: ",")
        try await write((isDone ? [] : [opening] + page.bytes) + [UInt8(ascii: "]")])
      })
  }

  private func existingCluster(_ name: String?) async throws(APIError) -> String? {
    guard let name else { return nil }
    guard await operations.clusters().contains(where: { $0.name == name }) else {
      throw APIError(.notFound, "there is no cluster '\(name)'")
    }
    return name
  }

  private func existingPort(_ name: String?) async throws(APIError) -> String? {
    guard let name else { return nil }
    guard await operations.ports().contains(where: { $0.name == name }) else {
      throw APIError(.notFound, "there is no port '\(name)'")
    }
    return name
  }

  private func existingPool(_ name: String?) async throws(APIError) -> String? {
    guard let name else { return nil }
    guard await operations.routers().contains(where: { $0.pool == name }) else {
      throw APIError(.notFound, "there is no router pool '\(name)'")
    }
    return name
  }
}
