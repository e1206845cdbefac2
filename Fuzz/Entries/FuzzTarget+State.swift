import ConfigurationFile
@testable import Control
@testable import Datapath
import Foundation
import Glibc
import SwitchModel

extension FuzzTarget {
  /// What an instance left of itself for the next one. What is believed gives every part of a configuration a number of
  /// its own.
  static let state = FuzzTarget(
    "state", "the file of an instance's state", longest: 8192,
    .direct { bytes in
      guard let state = try? JSONDecoder().decode(InstanceState.self, from: Data(bytes)),
        state.numbers.isConsistent
      else { return }
      if let dimensions = state.fileDimensions, dimensions.isPlausible {
        let other = Dimensions(cpus: 2, clusters: 3, members: 9, buckets: 4096, services: 4)
        _ = dimensions.growth(for: other)
        try FuzzFault.unless(TableMemory.fileSize(dimensions) > 0, "\(dimensions) hold nothing")
      }
      let configuration = try ConfigurationFile(bytes: Array(small.utf8), file: "small.yaml").configuration
      let allocator = NumberAllocator(configuration, earlier: state.numbers)
      let numbers = allocator.numbers
      try FuzzFault.unless(
        numbers.isConsistent && numbers.clusters.count == 2 && numbers.buckets.count == 2
          && numbers.members.count == 3 + allocator.leaving.count
          && numbers.members.keys.filter { !allocator.leaving.contains($0) }.sorted()
            == ["six/s1", "web/s1", "web/s2"],
        "\(numbers) after \(state.numbers)")
    })

  /// The file of events. Numbers go up, whatever it says.
  static let events = FuzzTarget(
    "events", "the file of events", longest: 8192, .direct { bytes in try readEvents(bytes) })

  private static func readEvents(_ bytes: [UInt8]) throws {
    let file = FileManager.default.temporaryDirectory.appending(
      path: "flowswitch-events-\(getpid())-\(UInt64.random(in: 0 ... .max))")
    try Data(bytes).write(to: file)
    defer { unlink(file.path) }
    var log = EventLog(path: file.path)
    let before = log.rows
    try FuzzFault.unless(
      zip(before, before.dropFirst()).allSatisfy { $0.number < $1.number }, "numbers go back")
    _ = log.append(time: "", kind: EventKind.started, subject: "", cause: "", effect: "", moved: 0)
    _ = log.after(before.last?.number)
  }
}
