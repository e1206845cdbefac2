/// What was (or will be) changed on one interface, to be put back. Written to a file before the changes are made, it
/// lets a daemon that was killed restore the port after its restart.
public struct PortState: Codable, Hashable, Sendable {
  /// The interface's name when it was prepared; it may have been renamed since.
  public var interface: String
  public var index: UInt32
  /// Its MAC address, as text: with the index it tells the interface from a later one of the same number.
  public var macAddress: String?
  /// The boot that this belongs to: none of the changes survives another.
  public var bootID: String
  /// In the order in which they are made; undone in reverse.
  public var changes: [PortChange]
  /// Offloads that should be off and that the driver does not let go of.
  public var stuckOffloads: [String]

  public init(
    interface: String, index: UInt32, macAddress: String?, bootID: String, changes: [PortChange] = [],
    stuckOffloads: [String] = []
  ) {
    self.interface = interface
    self.index = index
    self.macAddress = macAddress
    self.bootID = bootID
    self.changes = changes
    self.stuckOffloads = stuckOffloads
  }
}
