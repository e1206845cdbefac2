public import CTables

/// The tables as the pipeline sees them. Nil: no such record. The eBPF target answers from maps, the daemon from the
/// same bytes in its memory, `explain` from a recorder around those.
///
/// Pointers are to records that others read and write meanwhile: read a word once, decide on the copy.
public protocol Tables {
  func settings() -> UnsafeMutablePointer<fs_switch>?
  /// This CPU's record of a port.
  func port(_ index: UInt32) -> UnsafeMutablePointer<fs_port>?
  /// Another CPU's record of a port.
  func port(_ index: UInt32, ofCPU cpu: UInt32) -> UnsafeMutablePointer<fs_port>?
  func cluster(_ index: UInt32) -> UnsafeMutablePointer<fs_cluster>?
  func services(_ set: UInt32) -> UnsafeMutablePointer<fs_services>?
  func bucket(_ index: UInt32) -> UnsafeMutablePointer<fs_bucket>?
  /// This CPU's counter of a bucket.
  func bucketCounter(_ index: UInt32) -> UnsafeMutablePointer<fs_bucket_counter>?
  func transit(_ bucket: UInt32) -> UnsafeMutablePointer<fs_transit>?
  /// This CPU's record of a member.
  func member(_ index: UInt32) -> UnsafeMutablePointer<fs_member>?
  /// This CPU's record of a pool's router.
  func router(_ index: UInt32) -> UnsafeMutablePointer<fs_router>?
  func stations(_ set: UInt32) -> UnsafeMutablePointer<UInt64>?
  func fragments(_ set: UInt32) -> UnsafeMutablePointer<UInt64>?
  func flows(_ set: UInt32) -> UnsafeMutablePointer<UInt64>?
  func sources(_ set: UInt32) -> UnsafeMutablePointer<UInt64>?
  func answers(_ set: UInt32) -> UnsafeMutablePointer<fs_answer>?
  func subnet(_ index: UInt32) -> UnsafeMutablePointer<fs_subnet>?
  /// This CPU's counter of a reason at a port.
  func reason(_ reason: UInt32, port: UInt32) -> UnsafeMutablePointer<fs_counter>?
  /// Sets of flows, of sources and of answers, less one.
  var flowMask: UInt32 { get }
  var sourceMask: UInt32 { get }
  var answerMask: UInt32 { get }
  /// CPUs that keep records of their own.
  var cpus: UInt32 { get }
}
