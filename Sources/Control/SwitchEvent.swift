import HealthProbe
import LinuxPlatform

/// What reaches control from its threads.
enum SwitchEvent: Sendable {
  /// A frame that the datapath gave up, or one for the switch's own interface.
  case frame(port: Int, [UInt8])
  case link(LinkEvent)
  /// A probe's result that changes something.
  case probe(ProbeReport)
  /// A probe wants an address asked for.
  case neighbourProbe(NeighbourProbeRequest)
  /// The datapath's thread of a port ended.
  case portFailed(port: Int, PacketIOError)
}
