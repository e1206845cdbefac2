/// Times and bounds of a `NeighbourTable`.
public struct NeighbourLimits: Hashable, Sendable {
  /// Pause between the questions for an address.
  public var retry: Duration = .seconds(1)
  /// Unanswered questions after which an address is forgotten.
  public var attempts = 3
  /// Time after an answer until a neighbour is asked again.
  public var refresh: Duration = .seconds(30)
  /// Time after the last question by a member until a neighbour is forgotten. The datapath answers what is installed by
  /// itself and these questions are not seen: a neighbour in use is asked for anew once in this time.
  public var keep: Duration = .seconds(600)
  /// Shortest time between two changes of a neighbour's MAC; a contradiction within it causes a question instead.
  public var changeHold: Duration = .seconds(1)
  /// Neighbours, known or asked for.
  public var entries = 4096
  /// Addresses asked for at a time because of questions that came in on one port.
  public var askingPerPort = 64
  /// Askers remembered for an address; more will ask again.
  public var askers = 16

  public init() {}
}
