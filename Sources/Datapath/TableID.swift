import CTables

/// The tables that are memory in both datapaths. The raw value is the map's name.
public enum TableID: String, CaseIterable, Sendable {
  case settings = "fs_settings"
  case ports = "fs_port_table"
  case clusters = "fs_clusters"
  case services = "fs_service_sets"
  case buckets = "fs_buckets"
  case bucketCounters = "fs_bucket_counters"
  case transits = "fs_transits"
  case members = "fs_members"
  case routers = "fs_routers"
  case stations = "fs_stations"
  case fragments = "fs_fragments"
  case flows = "fs_flows"
  case sources = "fs_sources"
  case answers = "fs_answer_sets"
  case subnets = "fs_subnets"
  case reasons = "fs_reasons"

  /// Bytes in a record.
  public var stride: Int {
    switch self {
    case .settings: MemoryLayout<fs_switch>.stride
    case .ports: MemoryLayout<fs_port>.stride
    case .clusters: MemoryLayout<fs_cluster>.stride
    case .services: MemoryLayout<fs_services>.stride
    case .buckets: MemoryLayout<fs_bucket>.stride
    case .bucketCounters: MemoryLayout<fs_bucket_counter>.stride
    case .transits: MemoryLayout<fs_transit>.stride
    case .members: MemoryLayout<fs_member>.stride
    case .routers: MemoryLayout<fs_router>.stride
    case .stations, .fragments, .flows, .sources: MemoryLayout<fs_set>.stride
    case .answers: MemoryLayout<fs_answers>.stride
    case .subnets: MemoryLayout<fs_subnet>.stride
    case .reasons: MemoryLayout<fs_counter>.stride
    }
  }

  public func count(_ d: Dimensions) -> Int {
    switch self {
    case .settings: 1
    case .ports: d.cpus * Int(FS_PORTS)
    case .clusters: d.clusters
    case .services: d.serviceSets
    case .buckets, .transits: d.buckets
    case .bucketCounters: d.cpus * d.buckets
    case .members: d.cpus * d.members
    case .routers: d.cpus * Int(FS_ROUTERS)
    case .stations: Int(FS_STATION_SETS)
    case .fragments: Int(FS_FRAGMENT_SETS)
    case .flows: d.flowSets
    case .sources: d.sourceSets
    case .answers: d.answerSets
    case .subnets: Int(FS_SUBNETS)
    case .reasons: d.cpus * Int(FS_REASONS) * Int(FS_PORTS)
    }
  }

  /// The eBPF program can have the table as one value, at an address that it carries (`TableShape.direct`).
  var isDirect: Bool {
    switch self {
    case .settings, .ports, .clusters, .services, .buckets, .bucketCounters, .members, .stations: true
    default: false
    }
  }

  public func bytes(_ d: Dimensions) -> Int { stride * count(d) }
}
