public import LinuxPlatform

/// What the doctor looks through: a machine, or a test's idea of one. Nothing is changed, and what cannot be read is
/// nil or empty.
public protocol Probe: Sendable {
  /// A small text file, without the white space around it.
  func text(_ path: String) -> String?
  /// The names in a directory.
  func names(in directory: String) -> [String]
  func isBPFFilesystem(_ path: String) -> Bool
  /// Nil: not to be told.
  var isHostsMountNamespace: Bool? { get }
  var capabilities: Capabilities? { get }
  var links: [Link] { get }
  var addresses: [InterfaceAddress] { get }
  var routes: [Route] { get }
  var rules: [RoutingRule] { get }
  func features(of interface: String) -> [OffloadFeature]
  func hardware(of interface: String) -> PortHardware?
  func rings(of interface: String) -> RingSizes?
  func declaredXDP(of index: UInt32) -> XDPFeatures?
  /// The attached XDP program. Nil: none.
  func program(of index: UInt32) -> AttachedProgram?
}

/// An XDP program on an interface.
public struct AttachedProgram: Hashable, Sendable {
  public var id: UInt32
  /// Empty where it may not be looked at.
  public var name: String

  public init(id: UInt32, name: String) {
    self.id = id
    self.name = name
  }
}
