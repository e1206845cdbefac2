import Datapath
import LinuxPlatform

/// What a switch holds open of its ports, for the one that takes its place in this process. To close a packet socket waits
/// for the kernel (an RCU grace period), tens of milliseconds for each: what stays a port keeps its sockets.
struct Holdings: Sendable {
  /// A port that was switched on.
  struct Port: Sendable {
    /// The interface's index in its network namespace.
    var interface: UInt32
    /// In the tables.
    var index: Int
    /// Nil: it was not set up.
    var state: PortState?
    var speedMegabits: Int?
    var lock: PortClaim?
    var injector: FrameInjector?
    var puntReader: PuntReader?
  }

  var kind: DatapathKind
  /// By name.
  var ports: [String: Port] = [:]
  var gate: PuntGate
  var puntLoop: PuntLoop?
  var ownReader: PuntReader?
  /// The host's end of the switch's own interface, which `ownReader` is at.
  var ownInterface: UInt32
  var puntRing: (any Tap)?

  /// What is left of them for a third one, where the second takes all and then fails: it closes what reads, and may put
  /// interfaces back.
  mutating func loseReaders() {
    for name in ports.keys {
      ports[name]?.puntReader = nil
      ports[name]?.state = nil
    }
    (puntLoop, ownReader, puntRing) = (nil, nil, nil)
  }

  /// Ends what nobody took.
  func close() {
    for port in ports.values { port.puntReader?.stop() }
    ownReader?.stop()
    puntRing?.close()
    puntLoop?.stop()
  }
}
