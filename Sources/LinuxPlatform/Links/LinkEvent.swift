/// What happened to an interface. Which of several changes of one interface were seen apart depends on how fast the
/// reader was; the last event always tells the present state.
public enum LinkEvent: Hashable, Sendable {
  case appeared(Link)
  /// With its last known state. One that returns appears anew, under another index.
  case vanished(Link)
  /// The same interface (index) under another name.
  case renamed(from: String, Link)
  /// Flags, carrier, MTU, MAC or another property; never the name alone.
  case changed(old: Link, new: Link)

  /// The interface as it is now, or was last.
  public var link: Link {
    switch self {
    case .appeared(let link), .vanished(let link), .renamed(_, let link), .changed(_, let link): link
    }
  }
}
