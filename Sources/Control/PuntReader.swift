import Glibc
import LinuxPlatform
import Synchronization

/// Reads what the datapath punts on one interface (architecture, decision 4), on a thread of its own.
final class PuntReader: Sendable {
  /// ARP and ICMPv6, with or without a tag; more than that is never punted.
  static let filter = "arp or icmp6 or (vlan and (arp or icmp6))"

  private let capture: Mutex<PacketCapture>
  private let isStopping = Atomic<Bool>(false)
  private let thread = Mutex<PlatformThread?>(nil)
  private let descriptor: CInt

  /// `onFrame` is called on the reader's thread.
  init(interface: String, onFrame: @escaping @Sendable ([UInt8]) -> Void) throws(PacketIOError) {
    let capture = try PacketCapture(
      interface: interface, filter: PuntReader.filter, snapshotLength: 2048, bufferBytes: 1 << 20,
      promiscuous: false)
    descriptor = capture.fileDescriptor
    self.capture = Mutex(capture)
    do {
      let made = try PlatformThread(name: "fs-punts") { [weak self] in
        while let self, self.readOnce(onFrame) {}
      }
      thread.withLock { $0 = made }
    } catch {
      throw .captureFailed(interface: interface, reason: error.description)
    }
  }

  /// Returns at once; the thread ends within its poll's time.
  func stop() { isStopping.store(true, ordering: .releasing) }

  private func readOnce(_ onFrame: (([UInt8]) -> Void)) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    poll(&entry, 1, 1000)
    if isStopping.load(ordering: .acquiring) { return false }
    return capture.withLock { capture in
      do throws(PacketIOError) {
        try capture.read(upTo: 64) { onFrame(Array($0.bytes)) }
        return true
      } catch {
        return false
      }
    }
  }
}
