/// What a generator sends.
struct Load {
  var frame: BenchFrame
  /// Taken in turns.
  var flows = 1
  /// Shared addresses and their MACs, taken in turns from those of the frame on.
  var targets = 1
  /// The number of the first flow.
  var firstFlow = 0
  /// Frames a second; nil: as many as it can.
  var rate: Double?
  /// Each how many frames one carries the time; 0: none does.
  var stampEvery = 0
  /// Frames that the kernel sends at once.
  var batch = 64
}
