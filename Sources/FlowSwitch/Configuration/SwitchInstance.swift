import Control
import SwitchModel

/// A switch that runs, and can make room for another one with its name.
protocol SwitchInstance: SwitchOperations {
  /// Runs until the task is cancelled. `beat` is called by the loop as a sign of life.
  func run(beat: @escaping @Sendable () -> Void) async
  /// Ends it; the next one goes on with its datapath.
  func handOver() async
  func stop(keep: Bool) async
  /// Tables of the datapath that are too small for another configuration.
  func tableGrowth(for next: SwitchConfiguration) async -> [PlannedGrowth]
  /// Records an event.
  func note(_ note: OperatorNote) async
}

extension SwitchControl: SwitchInstance {}
