import BPFShim
import CTables

/// The tables as BPF maps. Here each record is looked up by its number; `DirectTables` takes a shorter way to those that
/// most frames need.
protocol KernelTables: Tables {
  init()
  /// The CPU that the program runs on.
  var cpu: UInt32 { get }
}

/// For kernels that do not take maps of one large value.
struct LookupTables: KernelTables {
  let cpu: UInt32

  @inline(__always)
  init() { cpu = fs_cpu() }
}

extension KernelTables {
  @inline(__always)
  private func find<Record>(_ map: UnsafeMutablePointer<fs_map>, _ index: UInt32)
    -> UnsafeMutablePointer<Record>?
  {
    var key = index
    return fs_lookup(map, &key)?.assumingMemoryBound(to: Record.self)
  }

  @inline(__always)
  func ifindex(_ index: UInt32) -> UInt32 {
    guard let port: UnsafeMutablePointer<UInt32> = find(map_fs_ifindexes(), index) else { return 0 }
    return port.pointee
  }

  /// The interface behind a port; 0: none. Not of the devmap, which the kernel gives to programs of one hook only.
  @inline(__always)
  func interface(ofPort index: UInt32) -> UInt32 {
    guard let entry: UnsafeMutablePointer<UInt32> = find(map_fs_interfaces(), index) else { return 0 }
    return entry.pointee
  }

  @inline(__always)
  func settings() -> UnsafeMutablePointer<fs_switch>? { find(map_fs_settings(), 0) }

  @inline(__always)
  func port(_ index: UInt32) -> UnsafeMutablePointer<fs_port>? { port(index, ofCPU: cpu) }

  @inline(__always)
  func port(_ index: UInt32, ofCPU cpu: UInt32) -> UnsafeMutablePointer<fs_port>? {
    find(map_fs_port_table(), cpu &* FS_PORTS &+ index)
  }

  @inline(__always)
  func cluster(_ index: UInt32) -> UnsafeMutablePointer<fs_cluster>? { find(map_fs_clusters(), index) }

  @inline(__always)
  func services(_ set: UInt32) -> UnsafeMutablePointer<fs_services>? { find(map_fs_service_sets(), set) }

  @inline(__always)
  func bucket(_ index: UInt32) -> UnsafeMutablePointer<fs_bucket>? { find(map_fs_buckets(), index) }

  @inline(__always)
  func bucketCounter(_ index: UInt32) -> UnsafeMutablePointer<fs_bucket_counter>? {
    find(map_fs_bucket_counters(), cpu << fs_bucket_shift() &+ index)
  }

  @inline(__always)
  func transit(_ bucket: UInt32) -> UnsafeMutablePointer<fs_transit>? { find(map_fs_transits(), bucket) }

  @inline(__always)
  func member(_ index: UInt32) -> UnsafeMutablePointer<fs_member>? {
    find(map_fs_members(), cpu << fs_member_shift() &+ index)
  }

  @inline(__always)
  func router(_ index: UInt32) -> UnsafeMutablePointer<fs_router>? {
    find(map_fs_routers(), cpu &* FS_ROUTERS &+ index)
  }

  @inline(__always)
  func stations(_ set: UInt32) -> UnsafeMutablePointer<UInt64>? { find(map_fs_stations(), set) }

  @inline(__always)
  func fragments(_ set: UInt32) -> UnsafeMutablePointer<UInt64>? { find(map_fs_fragments(), set) }

  @inline(__always)
  func flows(_ set: UInt32) -> UnsafeMutablePointer<UInt64>? { find(map_fs_flows(), set) }

  @inline(__always)
  func sources(_ set: UInt32) -> UnsafeMutablePointer<UInt64>? { find(map_fs_sources(), set) }

  @inline(__always)
  func answers(_ set: UInt32) -> UnsafeMutablePointer<fs_answer>? { find(map_fs_answer_sets(), set) }

  @inline(__always)
  func subnet(_ index: UInt32) -> UnsafeMutablePointer<fs_subnet>? { find(map_fs_subnets(), index) }

  @inline(__always)
  func reason(_ reason: UInt32, port: UInt32) -> UnsafeMutablePointer<fs_counter>? {
    find(map_fs_reasons(), (cpu &* FS_REASONS &+ reason) &* FS_PORTS &+ port)
  }

  @inline(__always)
  var flowMask: UInt32 { fs_flow_mask() }

  @inline(__always)
  var answerMask: UInt32 { fs_answer_mask() }

  @inline(__always)
  var sourceMask: UInt32 { fs_source_mask() }

  @inline(__always)
  var cpus: UInt32 { fs_cpus() }
}
