import Datapath
import PacketCapture
import SwitchModel
import Synchronization

/// What a capture has seen and its reader has not taken: filled on the datapath's threads, bounded.
final class CaptureQueue: Sendable {
  private struct State {
    var samples: [CaptureSample] = []
    var bytes = 0
    /// Samples that were let in.
    var count: UInt64 = 0
    var dropped: UInt64 = 0
    var isFinished = false
  }

  /// Samples that wait, and bytes of them.
  private static let most = 1 << 17
  private static let mostBytes = 64 << 20

  private let filter: CaptureFilter?
  private let limit: UInt64
  private let state = Mutex(State())

  init(filter: CaptureFilter?, count: Int?) {
    self.filter = filter
    limit = count.map { UInt64(clamping: $0) } ?? .max
  }

  func add(_ sample: CaptureSample) {
    if let filter, !matches(sample, filter) { return }
    state.withLock { state in
      if state.isFinished { return }
      let size = sample.before.count + (sample.after?.count ?? 0)
      guard state.samples.count < CaptureQueue.most, state.bytes + size <= CaptureQueue.mostBytes else {
        state.dropped += 1
        return
      }
      state.samples.append(sample)
      state.bytes += size
      state.count += 1
      if state.count >= limit { state.isFinished = true }
    }
  }

  /// As it came, or as it leaves.
  private func matches(_ sample: CaptureSample, _ filter: CaptureFilter) -> Bool {
    filter.matches(sample.before, originalLength: sample.length)
      || sample.after.map { filter.matches($0, originalLength: sample.length) } == true
  }

  /// No more comes; what waits can still be taken.
  func finish() { state.withLock { $0.isFinished = true } }

  /// What waits; the number of the first; how many found no room; whether these are the last.
  func take() -> (samples: [CaptureSample], first: UInt64, dropped: UInt64, isLast: Bool) {
    state.withLock { state in
      defer {
        state.samples = []
        state.bytes = 0
      }
      let first = state.count - UInt64(state.samples.count) + 1
      return (state.samples, first, state.dropped, state.isFinished)
    }
  }
}
