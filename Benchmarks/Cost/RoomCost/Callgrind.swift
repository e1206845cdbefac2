import Foundation
import RoomScenes

/// Counts instructions of this executable, run again under valgrind.
enum Callgrind {
  /// Instructions of one time: the difference of two runs, so that start and set-up are not in it.
  static func cost(of scene: RoomScene) throws -> Int {
    let few = try instructions(scene.name, scene.count)
    let many = try instructions(scene.name, 2 * scene.count)
    return (many - few) / scene.count
  }

  private static func instructions(_ name: String, _ count: Int) throws -> Int {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "SWIFT_DETERMINISTIC_HASHING=1", "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", own,
      "run", name,
      "\(count)",
    ]
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    // ==1234== Collected : 567890
    guard process.terminationStatus == 0,
      let line = text.split(whereSeparator: \.isNewline).first(where: { $0.contains("Collected :") }),
      let number = line.split(separator: " ").last.flatMap({ Int($0) })
    else {
      throw CostError(
        "valgrind: \(text.split(whereSeparator: \.isNewline).suffix(3).joined(separator: "; "))")
    }
    return number
  }
}
