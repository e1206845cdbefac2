/// An interface as a capture file describes it: pcapng's Interface Description Block, or a pcap file's header.
public struct CaptureInterface: Hashable, Sendable {
  /// As in LINKTYPE_…; 1: Ethernet.
  public var linkType: UInt16
  /// Bytes of a frame that are kept at the most; 0: all.
  public var snapLength: UInt32
  /// `if_name`, shortened to 256 bytes.
  public var name: String?
  var clock: CaptureClock

  public static let ethernet: UInt16 = 1

  init(linkType: UInt16, snapLength: UInt32, name: String? = nil, clock: CaptureClock = .microseconds) {
    self.linkType = linkType
    self.snapLength = snapLength
    self.name = name
    self.clock = clock
  }
}
