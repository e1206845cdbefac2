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

/// What changes the frame's length, which only the target can do.
public enum TagChange: Sendable {
  case keep
  case pop
  case push(vlan: UInt32)
}
