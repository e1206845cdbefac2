import Benchmark
import RoomScenes

let benchmarks: @Sendable () -> Void = {
  do {
    for scene in try RoomScene.all() {
      Benchmark(
        scene.name,
        configuration: .init(
          metrics: [.instructions, .wallClock], scalingFactor: .one, maxDuration: .milliseconds(500))
      ) { benchmark in
        let run = try scene.prepare()
        benchmark.startMeasurement()
        for _ in 0..<scene.count { try run() }
        benchmark.stopMeasurement()
      }
    }
  } catch {
    print("no scenes: \(error)")
  }
}
