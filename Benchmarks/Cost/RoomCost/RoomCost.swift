import Foundation
import RoomScenes

/// Instructions a scene takes, counted by valgrind's callgrind, which needs no counters of the processor: they are often
/// not to be had on virtual machines. The same binary always gives the same numbers.
///
///     RoomCost check FILE     compares with the thresholds in FILE; statuses 0 and 1
///     RoomCost write FILE     writes what is counted as thresholds
///     RoomCost run NAME       does it, for callgrind to look at
@main
enum RoomCost {
  static func main() {
    do {
      try run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      FileHandle.standardError.write(Data("RoomCost: \(error)\n".utf8))
      exit(2)
    }
  }

  private static func run(_ words: [String]) throws {
    switch words.first {
    case "run" where words.count == 2:
      for scene in try RoomScene.all() where scene.name == words[1] {
        let once = try scene.prepare()
        // What is made at the first time only is no cost of the path.
        try once()
        try Measured.run(once, count: scene.count)
      }
    case "write" where words.count == 2:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try (encoder.encode(try counted()) + Data("\n".utf8)).write(to: URL(filePath: words[1]))
    case "check" where words.count == 2:
      let thresholds = try JSONDecoder().decode(
        [String: Int].self, from: Data(contentsOf: URL(filePath: words[1])))
      let faults = Comparison(thresholds: thresholds, costs: try counted()).faults
      for fault in faults { print("✘ \(fault)") }
      if !faults.isEmpty { exit(1) }
      print("all within \(Comparison.tolerance) % of their thresholds")
    default:
      throw CostError("usage: RoomCost check FILE | write FILE | run NAME")
    }
  }

  private static func counted() throws -> [String: Int] {
    let costs = try Callgrind.costs(of: RoomScene.all())
    for (name, cost) in costs.sorted(by: { $0.key < $1.key }) {
      print(name.padding(toLength: 52, withPad: " ", startingAt: 0) + " \(cost)")
    }
    return costs
  }
}
