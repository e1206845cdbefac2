import CDatapath
import Glibc
import LinuxPlatform
import Synchronization

/// A tap on the kernel's program: a perf ring for each CPU, read by a thread.
final class RingTap: Tap, @unchecked Sendable {
  /// A CPU's number and a record of its ring; called on the thread.
  typealias RecordHandler = @Sendable (Int, UnsafeRawBufferPointer) -> Void

  private let onRecord: RecordHandler
  private let onClose: @Sendable () -> Void
  private let countMissed: (@Sendable () -> UInt64)?
  private let isUrgent: Bool
  private let lost = Atomic<UInt64>(0)
  private let isStopping = Atomic<Bool>(false)
  private var ring: OpaquePointer?
  private var thread: PlatformThread?

  var missed: UInt64 { countMissed?() ?? lost.load(ordering: .relaxed) }

  /// - Parameters:
  ///   - pages: of each CPU's ring, a power of two.
  ///   - wakesEach: the thread is woken by each record: few are expected, and are wanted at once.
  ///   - missed: nil: as many as the rings say.
  init(
    map: CInt, pages: Int, wakesEach: Bool = false, onRecord: @escaping RecordHandler,
    onClose: @escaping @Sendable () -> Void,
    missed: (@Sendable () -> UInt64)? = nil
  ) throws(DatapathError) {
    self.onRecord = onRecord
    isUrgent = wakesEach
    self.onClose = onClose
    countMissed = missed
    var code: CInt = 0
    let context = Unmanaged.passUnretained(self).toOpaque()
    ring = fs_bpf_ring_open(
      map, UInt32(clamping: pages), wakesEach ? 1 : 0,
      { context, cpu, bytes, size in
        guard let context, let bytes else { return }
        Unmanaged<RingTap>.fromOpaque(context).takeUnretainedValue()
          .onRecord(Int(cpu), UnsafeRawBufferPointer(start: bytes, count: Int(size)))
      },
      { context, count in
        guard let context else { return }
        Unmanaged<RingTap>.fromOpaque(context).takeUnretainedValue().lost.add(count, ordering: .relaxed)
      }, context, &code)
    if ring == nil { throw DatapathError.system("open the datapath's tap", code) }
    do {
      // The thread keeps this object until it ends.
      thread = try PlatformThread(name: isUrgent ? "fs-punts" : "fs-tap") { self.run() }
    } catch {
      fs_bpf_ring_close(ring)
      throw DatapathError("can't start a thread for the tap: \(error)")
    }
  }

  /// The second time nothing happens: another tap may use the rings by then. Not from two threads at once.
  func close() {
    guard let thread else { return }
    onClose()
    isStopping.store(true, ordering: .releasing)
    thread.join()
    self.thread = nil
  }

  private func run() {
    // This thread alone: where the processors are busy, forwarding goes first, and a capture misses something.
    if !isUrgent { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10) }
    while !isStopping.load(ordering: .acquiring) { _ = fs_bpf_ring_poll(ring, isUrgent ? 200 : 20) }
    // What came before the frames were shown no more.
    _ = fs_bpf_ring_poll(ring, 0)
    fs_bpf_ring_close(ring)
    ring = nil
  }

  static func powerOfTwo(below limit: Int) -> Int {
    var power = 1
    while power * 2 <= limit { power *= 2 }
    return power
  }
}
