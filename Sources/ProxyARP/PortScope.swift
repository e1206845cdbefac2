/// The ports out of which a frame goes.
public enum PortScope: Hashable, Sendable {
  case only(Int)
  case allBut(Int)
  case all
}
