/// What a capture file holds, in its order.
public enum CaptureItem: Hashable, Sendable {
  /// Interface number as in `CaptureFrame.interface`.
  case interface(Int, CaptureInterface)
  case frame(CaptureFrame)
  case statistics(CaptureStatistics)
}
