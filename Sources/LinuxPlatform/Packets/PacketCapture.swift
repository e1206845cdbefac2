import CDatapath

/// Frames that come in on an interface, through libpcap: with VLAN tags put back where they were on the wire, and
/// without the frames that go out there, one's own injections included.
///
/// Poll `fileDescriptor` for reading, then `read`. One thread at a time. Prepare the port first (`PortSetup`): libpcap
/// divides the buffer into slots for the longest frame that the offloads of that moment allow.
public struct PacketCapture: ~Copyable, @unchecked Sendable {
  /// Enough for every frame of a port whose merging offloads are off.
  public static let frameSnapshotLength = 65_535
  /// What libpcap has as its own maximum; for the pcap datapath, which must not cut what it forwards.
  public static let maximumSnapshotLength = 262_144

  public let interface: String
  private let handle: OpaquePointer

  /// - Parameters:
  ///   - filter: in libpcap's language (pcap-filter(7)), run in the kernel; empty for every frame. The kernel filters
  ///     after it took the outer tag off: `arp` matches tagged ARP as well, `vlan` the tag.
  ///   - snapshotLength: bytes of a frame that are kept.
  ///   - bufferBytes: of kernel memory; what does not fit is dropped and counted.
  public init(
    interface: String, filter: String = "", snapshotLength: Int = frameSnapshotLength,
    bufferBytes: Int = 8 << 20, promiscuous: Bool = true
  ) throws(PacketIOError) {
    var options = fs_capture_options()
    options.snapshot_length = Int32(clamping: max(64, min(snapshotLength, Self.maximumSnapshotLength)))
    options.buffer_bytes = Int32(clamping: max(64 << 10, bufferBytes))
    options.promiscuous = promiscuous ? 1 : 0
    var error = fs_capture_error()
    guard let opened = fs_capture_open(interface, filter, &options, &error) else {
      throw PacketIOError(error, interface: interface, filter: filter)
    }
    self.interface = interface
    handle = opened
  }

  deinit { fs_capture_close(handle) }

  public var fileDescriptor: Int32 { fs_capture_fd(handle) }

  /// The interface's index when the capture was opened.
  public var interfaceIndex: UInt32 { fs_capture_index(handle) }

  /// Takes at most `limit` frames out of the buffer. Never blocks, and allocates nothing per frame.
  /// - Returns: how many frames `body` was called with.
  /// - Throws: `PacketIOError.interfaceVanished` once the interface is gone; frames before that were delivered.
  @discardableResult
  public mutating func read(
    upTo limit: Int = 64, _ body: (CapturedFrame) -> Void
  ) throws(PacketIOError) -> Int {
    var error = fs_capture_error()
    let count = withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: Receiver(body: body)) { receiver in
        fs_capture_read(
          handle, Int32(clamping: max(1, limit)),
          { context, bytes, length, originalLength, seconds, nanoseconds in
            guard let context else { return }
            context.assumingMemoryBound(to: Receiver.self).pointee.body(
              CapturedFrame(
                bytes: UnsafeRawBufferPointer(start: bytes, count: Int(length)),
                originalLength: Int(originalLength),
                seconds: seconds, nanoseconds: nanoseconds))
          }, UnsafeMutableRawPointer(mutating: receiver), &error)
      }
    }
    if count < 0 { throw PacketIOError(error, interface: interface) }
    return Int(count)
  }

  /// What travels through libpcap's untyped context pointer.
  private struct Receiver {
    let body: (CapturedFrame) -> Void
  }

  /// Replaces the filter; the old one stays when the new one is wrong.
  public mutating func setFilter(_ filter: String) throws(PacketIOError) {
    var error = fs_capture_error()
    if fs_capture_set_filter(handle, filter, &error) != 0 {
      throw PacketIOError(error, interface: interface, filter: filter)
    }
  }

  public func statistics() throws(PacketIOError) -> CaptureStatistics {
    var counts = fs_capture_statistics()
    var error = fs_capture_error()
    if fs_capture_statistics_read(handle, &counts, &error) != 0 {
      throw PacketIOError(error, interface: interface)
    }
    return CaptureStatistics(
      received: Int(counts.received), dropped: Int(counts.dropped),
      droppedByInterface: Int(counts.interface_dropped))
  }
}

extension PacketIOError {
  fileprivate init(_ error: fs_capture_error, interface: String, filter: String = "") {
    let text = withUnsafeBytes(of: error.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    switch Int(error.kind) {
    case FS_CAPTURE_NO_INTERFACE: self = .interfaceVanished(interface)
    case FS_CAPTURE_NO_PERMISSION: self = .notPermitted(interface)
    case FS_CAPTURE_LINK_DOWN: self = .interfaceDown(interface)
    case FS_CAPTURE_NOT_ETHERNET: self = .notEthernet(interface)
    case FS_CAPTURE_BAD_FILTER: self = .badFilter(expression: filter, reason: text)
    default: self = .captureFailed(interface: interface, reason: text)
    }
  }
}
