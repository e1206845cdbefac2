import Glibc
import LinuxPlatform
import Synchronization

/// Reads what the datapath punts on one interface (architecture, decision 4), on the thread of a `PuntLoop`.
final class PuntReader: Sendable {
  /// ARP and ICMPv6, with or without a tag; more than that is never punted.
  static let filter = "arp or icmp6 or (vlan and (arp or icmp6))"
  /// Of kernel memory: 80 frames of the usual MTU. The daemon has it mapped, so with hundreds of ports it is most of what
  /// they take; a frame that finds no room is asked for again.
  static let bufferBytes = 128 << 10

  private let capture: Mutex<PacketCapture>
  private let onFrame: @Sendable ([UInt8]) -> Void
  private let loop: PuntLoop
  let descriptor: CInt

  /// `onFrame` is called on the loop's thread.
  init(
    interface: String, loop: PuntLoop, onFrame: @escaping @Sendable ([UInt8]) -> Void
  ) throws(PacketIOError) {
    let capture = try PacketCapture(
      interface: interface, filter: PuntReader.filter, snapshotLength: 2048,
      bufferBytes: PuntReader.bufferBytes, promiscuous: false)
    descriptor = capture.fileDescriptor
    self.capture = Mutex(capture)
    self.onFrame = onFrame
    self.loop = loop
    loop.add(self)
  }

  /// Returns at once; a frame that is being read may still come.
  func stop() { loop.remove(self) }

  /// False: nothing more will come.
  func readOnce() -> Bool {
    capture.withLock { capture in
      do throws(PacketIOError) {
        try capture.read(upTo: 64) { onFrame(Array($0.bytes)) }
        return true
      } catch {
        return false
      }
    }
  }
}
