import CDatapath
import LinuxPlatform
import Synchronization

/// The tap on the kernel's program: a perf ring for each CPU, read by a thread.
final class RingTap: Tap, @unchecked Sendable {
  private let onSample: @Sendable (TapSample) -> Void
  private let onClose: @Sendable () -> Void
  private let lost = Atomic<UInt64>(0)
  private let isStopping = Atomic<Bool>(false)
  private var ring: OpaquePointer?
  private var thread: PlatformThread?

  var missed: UInt64 { lost.load(ordering: .relaxed) }

  init(
    map: CInt, onSample: @escaping @Sendable (TapSample) -> Void, onClose: @escaping @Sendable () -> Void
  ) throws(DatapathError) {
    self.onSample = onSample
    self.onClose = onClose
    var code: CInt = 0
    let context = Unmanaged.passUnretained(self).toOpaque()
    ring = fs_bpf_ring_open(
      map, 256,
      { context, bytes, size in
        guard let context, let bytes else { return }
        Unmanaged<RingTap>.fromOpaque(context).takeUnretainedValue()
          .received(UnsafeRawBufferPointer(start: bytes, count: Int(size)))
      },
      { context, count in
        guard let context else { return }
        Unmanaged<RingTap>.fromOpaque(context).takeUnretainedValue().lost.add(count, ordering: .relaxed)
      }, context, &code)
    if ring == nil { throw DatapathError.system("open the datapath's tap", code) }
    do {
      // The thread keeps this object until it ends.
      thread = try PlatformThread(name: "fs-tap") { self.run() }
    } catch {
      fs_bpf_ring_close(ring)
      throw DatapathError("can't start a thread for the tap: \(error)")
    }
  }

  func close() {
    onClose()
    isStopping.store(true, ordering: .releasing)
    thread?.join()
    thread = nil
  }

  private func run() {
    while !isStopping.load(ordering: .acquiring) { _ = fs_bpf_ring_poll(ring, 50) }
    fs_bpf_ring_close(ring)
    ring = nil
  }

  private func received(_ record: UnsafeRawBufferPointer) {
    if let sample = TapSample(record) { onSample(sample) }
  }
}
