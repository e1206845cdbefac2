import BPFShim
import CTables

/// The tables that frames in steady state need as maps of one value each, at an address that the program carries: a
/// record is an addition away, where a lookup has a key in memory, a dozen instructions, and takes five registers like a
/// call. A third of the program's time was that.
struct DirectTables: KernelTables {
  let cpu: UInt32

  @inline(__always)
  init() { cpu = fs_cpu() }

  @inline(__always)
  func settings() -> UnsafeMutablePointer<fs_switch>? {
    at_fs_settings(0, 1)?.assumingMemoryBound(to: fs_switch.self)
  }

  @inline(__always)
  func port(_ index: UInt32, ofCPU cpu: UInt32) -> UnsafeMutablePointer<fs_port>? {
    at_fs_port_table(cpu &* FS_PORTS &+ index, fs_ports_all())?.assumingMemoryBound(to: fs_port.self)
  }

  @inline(__always)
  func port(_ index: UInt32) -> UnsafeMutablePointer<fs_port>? { port(index, ofCPU: cpu) }

  @inline(__always)
  func cluster(_ index: UInt32) -> UnsafeMutablePointer<fs_cluster>? {
    at_fs_clusters(index, fs_clusters_all())?.assumingMemoryBound(to: fs_cluster.self)
  }

  @inline(__always)
  func services(_ set: UInt32) -> UnsafeMutablePointer<fs_services>? {
    at_fs_service_sets(set, fs_services_all())?.assumingMemoryBound(to: fs_services.self)
  }

  @inline(__always)
  func bucket(_ index: UInt32) -> UnsafeMutablePointer<fs_bucket>? {
    at_fs_buckets(index, fs_buckets_all())?.assumingMemoryBound(to: fs_bucket.self)
  }

  @inline(__always)
  func bucketCounter(_ index: UInt32) -> UnsafeMutablePointer<fs_bucket_counter>? {
    at_fs_bucket_counters(cpu << fs_bucket_shift() &+ index, fs_bucket_counters_all())?
      .assumingMemoryBound(to: fs_bucket_counter.self)
  }

  @inline(__always)
  func member(_ index: UInt32) -> UnsafeMutablePointer<fs_member>? {
    at_fs_members(cpu << fs_member_shift() &+ index, fs_members_all())?.assumingMemoryBound(
      to: fs_member.self)
  }

  @inline(__always)
  func stations(_ set: UInt32) -> UnsafeMutablePointer<UInt64>? {
    at_fs_stations(set, FS_STATION_SETS)?.assumingMemoryBound(to: UInt64.self)
  }
}
