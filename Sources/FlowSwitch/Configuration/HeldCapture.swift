import SwitchModel
import Synchronization

/// A capture that goes on from one switch to the next: its packets are counted through.
final class HeldCapture: Sendable {
  private struct State {
    var stream: AsyncStream<CaptureBatch>
    var generation: Int
    /// Of the switches before.
    var packets: UInt64 = 0
    var missed: UInt64 = 0
    /// Of all.
    var last: (packets: UInt64, missed: UInt64) = (0, 0)
  }

  private let request: CaptureRequest
  private let state: Mutex<State>

  /// - Parameter generation: of the switch whose stream this is.
  init(_ request: CaptureRequest, _ stream: AsyncStream<CaptureBatch>, generation: Int) {
    self.request = request
    state = Mutex(State(stream: stream, generation: generation))
  }

  var source: (stream: AsyncStream<CaptureBatch>, generation: Int) {
    state.withLock { ($0.stream, $0.generation) }
  }

  /// What the next switch shall capture; nil: nothing more.
  var rest: CaptureRequest? {
    guard let count = request.count else { return request }
    let left = count - Int(clamping: state.withLock { $0.last.packets })
    if left <= 0 { return nil }
    var request = request
    request.count = left
    return request
  }

  /// With its packets' numbers, and what was missed, counted from the capture's beginning.
  func pass(_ batch: CaptureBatch) -> CaptureBatch {
    state.withLock { state in
      var batch = batch
      batch.missed += state.missed
      if state.packets > 0 { for i in batch.packets.indices { batch.packets[i].number += state.packets } }
      state.last = (batch.packets.last?.number ?? state.last.packets, batch.missed)
      return batch
    }
  }

  /// The former stream, and with it the former switch, is let go of.
  func goOn(with stream: AsyncStream<CaptureBatch>, generation: Int) {
    state.withLock { state in
      state.stream = stream
      state.generation = generation
      (state.packets, state.missed) = state.last
    }
  }
}
