/// What becomes of a frame. The frame's bytes are already as they should leave, but for a tag to add or remove.
public enum Verdict: Sendable {
  case drop(Reason)
  /// Control takes it (by the port's capture).
  case punt(Reason)
  case forward(port: UInt32, tag: TagChange)
  /// To every port but the one it came in on.
  case flood
  /// The frame became an answer and goes back out of its port.
  case reply
}

/// What only the target can do: it changes the frame's length, or what is beside its bytes.
public enum TagChange: Sendable {
  case keep
  case pop
  case push(vlan: UInt32)
  /// The tag that is kept aside gets another VLAN (`Frame.Aside`); where tags are in the bytes, that is done already.
  case replace(vlan: UInt32)

  /// By how much the frame gets longer.
  @inline(__always)
  public var bytes: Int {
    switch self {
    case .keep, .replace: 0
    case .pop: -4
    case .push: 4
    }
  }
}
