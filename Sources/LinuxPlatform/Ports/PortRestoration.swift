/// What became of an attempt to put a port back.
public struct PortRestoration: Sendable {
  /// The interface is gone, or this is another boot: the changes went with it, nothing was done.
  public var isGone = false
  /// Put back.
  public var restored: [PortChange] = []
  /// Not as the switch had left it: someone else changed it meanwhile, and has the last word.
  public var left: [PortChange] = []
  public var failed: [(change: PortChange, error: SystemError)] = []

  public init() {}

  public var isComplete: Bool { failed.isEmpty }
}
