public import CTables
public import Forwarding

/// The tables as the pipeline in the daemon sees them, for one thread ("CPU").
public struct MemoryTables: Tables {
  /// Keeps the memory mapped.
  public let memory: TableMemory
  private let cpu: UInt32
  private let d: Dimensions
  private let settingsBase: UnsafeMutablePointer<fs_switch>
  private let portBase: UnsafeMutablePointer<fs_port>
  private let clusterBase: UnsafeMutablePointer<fs_cluster>
  private let serviceBase: UnsafeMutablePointer<fs_services>
  private let bucketBase: UnsafeMutablePointer<fs_bucket>
  private let bucketCounterBase: UnsafeMutablePointer<fs_bucket_counter>
  private let transitBase: UnsafeMutablePointer<fs_transit>
  private let memberBase: UnsafeMutablePointer<fs_member>
  private let routerBase: UnsafeMutablePointer<fs_router>
  private let stationBase: UnsafeMutablePointer<UInt64>
  private let fragmentBase: UnsafeMutablePointer<UInt64>
  private let flowBase: UnsafeMutablePointer<UInt64>
  private let sourceBase: UnsafeMutablePointer<UInt64>
  private let answerBase: UnsafeMutablePointer<fs_answer>
  private let subnetBase: UnsafeMutablePointer<fs_subnet>
  private let reasonBase: UnsafeMutablePointer<fs_counter>

  public init(_ memory: TableMemory, cpu: Int) {
    self.memory = memory
    self.cpu = UInt32(min(max(cpu, 0), memory.dimensions.cpus - 1))
    d = memory.dimensions
    settingsBase = memory.base(.settings, of: fs_switch.self)
    portBase = memory.base(.ports, of: fs_port.self)
    clusterBase = memory.base(.clusters, of: fs_cluster.self)
    serviceBase = memory.base(.services, of: fs_services.self)
    bucketBase = memory.base(.buckets, of: fs_bucket.self)
    bucketCounterBase = memory.base(.bucketCounters, of: fs_bucket_counter.self)
    transitBase = memory.base(.transits, of: fs_transit.self)
    memberBase = memory.base(.members, of: fs_member.self)
    routerBase = memory.base(.routers, of: fs_router.self)
    stationBase = memory.base(.stations, of: UInt64.self)
    fragmentBase = memory.base(.fragments, of: UInt64.self)
    flowBase = memory.base(.flows, of: UInt64.self)
    sourceBase = memory.base(.sources, of: UInt64.self)
    answerBase = memory.base(.answers, of: fs_answer.self)
    subnetBase = memory.base(.subnets, of: fs_subnet.self)
    reasonBase = memory.base(.reasons, of: fs_counter.self)
  }

  /// As a map's lookup: nil beyond the end, whatever the index.
  @inline(__always)
  private func at<R>(_ base: UnsafeMutablePointer<R>, _ index: UInt32, _ count: Int, by step: Int = 1)
    -> UnsafeMutablePointer<R>?
  {
    Int(index) < count ? base + Int(index) &* step : nil
  }

  @inline(__always)
  public func settings() -> UnsafeMutablePointer<fs_switch>? { settingsBase }

  @inline(__always)
  public func port(_ index: UInt32) -> UnsafeMutablePointer<fs_port>? {
    at(portBase, cpu &* FS_PORTS &+ index, d.cpus &* Int(FS_PORTS))
  }

  @inline(__always)
  public func port(_ index: UInt32, ofCPU cpu: UInt32) -> UnsafeMutablePointer<fs_port>? {
    at(portBase, cpu &* FS_PORTS &+ index, d.cpus &* Int(FS_PORTS))
  }

  @inline(__always)
  public func cluster(_ index: UInt32) -> UnsafeMutablePointer<fs_cluster>? {
    at(clusterBase, index, d.clusters)
  }

  @inline(__always)
  public func services(_ set: UInt32) -> UnsafeMutablePointer<fs_services>? {
    at(serviceBase, set, d.serviceSets)
  }

  @inline(__always)
  public func bucket(_ index: UInt32) -> UnsafeMutablePointer<fs_bucket>? {
    at(bucketBase, index, d.buckets)
  }

  @inline(__always)
  public func bucketCounter(_ index: UInt32) -> UnsafeMutablePointer<fs_bucket_counter>? {
    at(bucketCounterBase, cpu << UInt32(d.bucketShift) &+ index, d.cpus &* d.buckets)
  }

  @inline(__always)
  public func transit(_ bucket: UInt32) -> UnsafeMutablePointer<fs_transit>? {
    at(transitBase, bucket, d.buckets)
  }

  @inline(__always)
  public func member(_ index: UInt32) -> UnsafeMutablePointer<fs_member>? {
    at(memberBase, cpu << UInt32(d.memberShift) &+ index, d.cpus &* d.members)
  }

  @inline(__always)
  public func router(_ index: UInt32) -> UnsafeMutablePointer<fs_router>? {
    at(routerBase, cpu &* FS_ROUTERS &+ index, d.cpus &* Int(FS_ROUTERS))
  }

  @inline(__always)
  public func stations(_ set: UInt32) -> UnsafeMutablePointer<UInt64>? {
    at(stationBase, set, Int(FS_STATION_SETS), by: 8)
  }

  @inline(__always)
  public func fragments(_ set: UInt32) -> UnsafeMutablePointer<UInt64>? {
    at(fragmentBase, set, Int(FS_FRAGMENT_SETS), by: 8)
  }

  @inline(__always)
  public func flows(_ set: UInt32) -> UnsafeMutablePointer<UInt64>? {
    at(flowBase, set, d.flowSets, by: 8)
  }

  @inline(__always)
  public func sources(_ set: UInt32) -> UnsafeMutablePointer<UInt64>? {
    at(sourceBase, set, d.sourceSets, by: 8)
  }

  @inline(__always)
  public func answers(_ set: UInt32) -> UnsafeMutablePointer<fs_answer>? {
    at(answerBase, set, d.answerSets, by: 4)
  }

  @inline(__always)
  public func subnet(_ index: UInt32) -> UnsafeMutablePointer<fs_subnet>? {
    at(subnetBase, index, Int(FS_SUBNETS))
  }

  @inline(__always)
  public func reason(_ reason: UInt32, port: UInt32) -> UnsafeMutablePointer<fs_counter>? {
    at(
      reasonBase, (cpu &* FS_REASONS &+ reason) &* FS_PORTS &+ port,
      d.cpus &* Int(FS_REASONS) &* Int(FS_PORTS))
  }

  @inline(__always)
  public var flowMask: UInt32 { UInt32(truncatingIfNeeded: d.flowSets &- 1) }

  @inline(__always)
  public var sourceMask: UInt32 { UInt32(truncatingIfNeeded: d.sourceSets &- 1) }

  @inline(__always)
  public var answerMask: UInt32 { UInt32(truncatingIfNeeded: d.answerSets &- 1) }

  @inline(__always)
  public var cpus: UInt32 { UInt32(truncatingIfNeeded: d.cpus) }
}
