/// What control has to do for a `NeighbourTable`.
public enum NeighbourAction: Hashable, Sendable {
  /// Send the frame to a member that asked.
  case answer(port: Int, frame: [UInt8])
  /// Send a question of the switch.
  case ask(ports: PortScope, frame: [UInt8])
  /// The datapath shall answer this from now on, instead of what it answered for the address before.
  case install(NeighbourRecord)
  /// The datapath shall punt questions for the address again.
  case remove(NeighbourKey)
}
