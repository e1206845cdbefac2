/// A frame that an `Announcer` wants sent out of a port.
public struct Announcement: Hashable, Sendable {
  public var port: Int
  public var frame: [UInt8]
}
