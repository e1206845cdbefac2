/// What became of a frame that was to be sent. All but `sent` mean that it was dropped, for a reason to be counted.
public enum InjectionResult: Hashable, Sendable {
  /// Handed to the device's queue.
  case sent
  /// The socket's buffer or the device's queue was full (EAGAIN, ENOBUFS): more than the line takes.
  case queueFull
  /// Longer than the interface's MTU allows (EMSGSIZE).
  case tooLong
  /// Shorter than an Ethernet header.
  case tooShort
  case linkDown
}
