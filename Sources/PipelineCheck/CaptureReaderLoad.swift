import Datapath
import Glibc
import LinuxPlatform
import PacketCapture
import SwitchModel
import Synchronization

/// Does what a daemon does with a capture's packets, but for the network: they wait for a reader that looks twenty times
/// a second and writes them as pcapng, to /dev/null.
final class CaptureReaderLoad: Sendable {
  private let waiting = Mutex<[CaptureSample]>([])
  private let isStopping = Atomic<Bool>(false)
  private let thread = Mutex<PlatformThread?>(nil)
  private let count = Atomic<Int>(0)

  /// Packets that were written.
  var written: Int { count.load(ordering: .relaxed) }

  init() throws {
    let made = try PlatformThread(name: "writer") { [self] in run() }
    thread.withLock { $0 = made }
  }

  func add(_ sample: CaptureSample) { waiting.withLock { $0.append(sample) } }

  func stop() {
    isStopping.store(true, ordering: .releasing)
    thread.withLock { $0 }?.join()
  }

  private func run() {
    // So that it takes its time from the others, not from who sends.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    let output = open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer { close(output) }
    var file = PacketFile(snapLength: 256)
    _ = file.header(hardware: "", operatingSystem: "", ports: [("p0", "router"), ("p1", "server")])
    while !isStopping.load(ordering: .acquiring) {
      usleep(50_000)
      let samples = waiting.withLock { waiting in
        defer { waiting = [] }
        return waiting
      }
      var bytes: [UInt8] = []
      for sample in samples {
        count.add(1, ordering: .relaxed)
        file.add(
          CapturedPacket(
            number: UInt64(written), time: sample.time, port: "p0", verdict: .forward, out: "p1",
            cluster: "web",
            member: "s1", length: sample.length, before: sample.before, after: sample.after), to: &bytes)
        if bytes.count >= 256 << 10 {
          _ = write(output, bytes, bytes.count)
          bytes.removeAll(keepingCapacity: true)
        }
      }
      _ = write(output, bytes, bytes.count)
    }
  }
}
