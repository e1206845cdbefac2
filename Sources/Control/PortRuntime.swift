import LinuxPlatform
import SwitchModel

/// A port as it is now.
struct PortRuntime {
  var configuration: PortConfiguration
  /// In the tables.
  let index: Int
  /// The interface behind it, nil while there is none.
  var link: Link?
  /// Keeps a link that flaps from counting as up each time.
  var damper = LinkDamper(isUp: true)
  /// The datapath switches on it.
  var isAttached = false
  /// The switch before this one had set it up, and it still is.
  var isSetUp = false
  /// As it was found.
  var state: PortState?
  var speedMegabits: Int?
  /// Members of clusters are behind it.
  var hasMembers: Bool
  var injector: FrameInjector?
  var puntReader: PuntReader?
  var lock: PortClaim?
  /// Why it is not attached, as last reported.
  var trouble: String?

  init(_ configuration: PortConfiguration, index: Int, hasMembers: Bool) {
    self.configuration = configuration
    self.index = index
    self.hasMembers = hasMembers
  }

  var name: String { configuration.name }
  /// Servers are behind it, which use pools of routers.
  var hasServers: Bool { hasMembers || configuration.role == .server }
  var isUp: Bool { isAttached && link?.isOperational == true && !damper.isHeld }

  /// `up`, `down`, `absent`.
  var linkState: String { link == nil ? "absent" : isUp ? "up" : "down" }
}

/// A claim that can be kept in a collection.
final class PortClaim: Sendable {
  private let lock: PortLock

  init(index: UInt32) throws(PortLockError) { lock = try PortLock(index: index) }
}

/// An injector that can be kept in a collection.
final class FrameInjector: Sendable {
  private let injector: PacketInjector

  init(interface: String) throws(PacketIOError) { injector = try PacketInjector(interface: interface) }

  /// Best effort: control's frames are repeated until they are answered.
  func send(_ frame: [UInt8]) {
    frame.withUnsafeBytes { _ = try? injector.send($0) }
  }
}
