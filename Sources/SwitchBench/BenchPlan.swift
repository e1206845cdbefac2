/// How much is measured.
struct BenchPlan {
  var rounds: Int
  /// Of each run.
  var seconds: Double
  var sizes: [Int]
  var flows: [Int]
  /// Rounds of the search for the loss-free rate, each of several runs.
  var searches: Int
  var isQuick: Bool

  static let whole = BenchPlan(
    rounds: 7, seconds: 0.4, sizes: [64, 1500], flows: [1, 1000, 1_000_000], searches: 3, isQuick: false)
  static let quick = BenchPlan(
    rounds: 3, seconds: 0.2, sizes: [64], flows: [1, 1_000_000], searches: 1, isQuick: true)

  /// Flows for what is not measured with several numbers of them.
  var usualFlows: Int { 1000 }
  /// Before a run counts: caches are warm, queues have found their length.
  var warmUp: Double { min(0.2, seconds / 2) }
  /// Of one run in the search for the loss-free rate.
  var trialSeconds: Double { seconds / 2 }
  /// Frames a second of a switch that is not loaded.
  var idleRate: Double { 10_000 }
  /// Of the search: what is left between the last two rates.
  var resolution: Double { isQuick ? 0.1 : 0.03 }
}
