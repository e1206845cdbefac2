import Synchronization

/// Leads the frames that the datapath gives to control to the switch that is in office: one that takes the place of
/// another goes on with the other's readers.
final class PuntGate: Sendable {
  private let target: Mutex<AsyncStream<SwitchEvent>.Continuation>

  init(_ target: AsyncStream<SwitchEvent>.Continuation) { self.target = Mutex(target) }

  func turn(to next: AsyncStream<SwitchEvent>.Continuation) { target.withLock { $0 = next } }

  /// Of one that handed over and has no successor yet, frames are lost: whoever asked will ask again.
  func send(_ frame: [UInt8], from port: Int) {
    _ = target.withLock { $0 }.yield(.frame(port: port, frame))
  }
}
