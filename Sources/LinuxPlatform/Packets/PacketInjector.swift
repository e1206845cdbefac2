import CDatapath
import Glibc
import SystemPackage

/// Frames out of an interface, through an AF_PACKET socket that sends only. Any thread may send; the socket belongs
/// to the network namespace of the thread that opened it.
///
/// Not `pcap_inject`: on a capture's socket it blocks when the queue is full, and folds every reason into text.
public struct PacketInjector: ~Copyable, Sendable {
  private static let headerLength = 14

  public let interface: String
  public let interfaceIndex: UInt32
  private let descriptor: Int32

  /// - Parameter sendBuffer: bytes that may wait in the device's queue.
  public init(interface: String, sendBuffer: Int = 4 << 20) throws(PacketIOError) {
    var made: Int32 = -1
    var index: UInt32 = 0
    switch fs_injector_open(interface, Int32(clamping: sendBuffer), &made, &index) {
    case 0: break
    case ENODEV, ENXIO: throw .interfaceVanished(interface)
    case EPERM, EACCES: throw .notPermitted(interface)
    case let code: throw .injectionFailed(interface: interface, code: Errno(rawValue: code))
    }
    self.interface = interface
    interfaceIndex = index
    descriptor = made
  }

  deinit { close(descriptor) }

  /// Sends one frame, from its destination MAC to its last byte of payload, VLAN tags in place. Never blocks; the
  /// bytes may be reused when it returns.
  /// - Throws: `PacketIOError.interfaceVanished`; `.injectionFailed` for what no frame of this kind should meet.
  public func send(_ frame: UnsafeRawBufferPointer) throws(PacketIOError) -> InjectionResult {
    // The kernel's answer to these is EINVAL, like to much else.
    if frame.count < Self.headerLength { return .tooShort }
    switch fs_inject(descriptor, frame.baseAddress, frame.count) {
    case 0: return .sent
    case EAGAIN, ENOBUFS: return .queueFull
    case EMSGSIZE: return .tooLong
    case ENETDOWN, ENXIO, ENODEV:
      // What a socket says of an interface that went down and of one that is gone depends on the moment.
      if fs_injector_alive(descriptor, interfaceIndex) != 0 { return .linkDown }
      throw .interfaceVanished(interface)
    case let code: throw .injectionFailed(interface: interface, code: Errno(rawValue: code))
    }
  }
}
