import SwitchModel

/// The API without HTTP: a request to an answer, from what the switch offers. Everything is read only.
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
///
/// A filter that names a cluster or a port which does not exist is `not-found`, not an empty list: a slip of the
/// finger must not look like an idle switch.
struct API: Sendable {
  static let prefix = "/api/v1/"
  /// How long `flows` may watch.
  static let watch: ClosedRange<Duration> = .milliseconds(100)...(.seconds(60))
  static let defaultWatch: Duration = .seconds(2)

  let operations: any SwitchOperations

  func answer(_ request: APIRequest) async -> APIResponse {
    do {
      return try await route(request)
    } catch {
      return APIResponse(error)
    }
  }

  private func route(_ request: APIRequest) async throws(APIError) -> APIResponse {
    guard request.path.hasPrefix(API.prefix),
      let resource = Resource(rawValue: String(request.path.dropFirst(API.prefix.count)))
    else {
      let known = Resource.allCases.map { API.prefix + $0.rawValue }.joined(separator: ", ")
      throw APIError(.notFound, "there is no such path; known: \(known)")
    }
    guard request.method == "GET" || request.method == "HEAD" else {
      throw APIError(.methodNotAllowed, "only GET and HEAD are allowed here")
    }
    let query = try Query(request.query, knowing: resource.parameters)
    let cluster = try await existingCluster(query["cluster"])
    let port = try await existingPort(query["port"])
    let vlan = try query.integer("vlan", in: 0...4094)
    switch resource {
    case .version: return list(await operations.version())
    case .ports: return list(await operations.ports().filter { port == nil || $0.name == port })
    case .clusters: return list(await operations.clusters().filter { cluster == nil || $0.name == cluster })
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
    }
  }

  private func list(_ value: some Encodable) -> APIResponse { APIResponse(.whole(JSON.encode(value))) }

  private func flows(for duration: Duration, cluster: String?) async throws(APIError) -> APIResponse {
    do {
      return list(
        try await operations.flows(for: duration).filter { cluster == nil || $0.cluster == cluster })
    } catch {
      throw APIError(error)
    }
  }

  /// A cluster has up to 65,536 buckets and a switch 16,384 clusters: without a filter they go out cluster by cluster.
  private func buckets(of cluster: String?) async throws(APIError) -> APIResponse {
    if let cluster {
      do {
        return list(try await operations.buckets(cluster: cluster))
      } catch {
        throw APIError(error)
      }
    }
    let names = await operations.clusters().map(\.name)
    let operations = operations
    return APIResponse(
      .pages { write in
        try await write([UInt8(ascii: "[")])
        var isFirst = true
        for name in names {
          // A cluster that was taken out meanwhile has no buckets to show.
          guard let rows = try? await operations.buckets(cluster: name), !rows.isEmpty else { continue }
          let page = JSON.encode(rows).dropFirst().dropLast()
          try await write(isFirst ? Array(page) : [UInt8(ascii: ",")] + page)
          isFirst = false
        }
        try await write([UInt8(ascii: "]")])
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
}
