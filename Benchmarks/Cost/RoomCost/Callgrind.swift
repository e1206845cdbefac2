import Foundation
import RoomScenes

/// Counts instructions of this executable, run again under valgrind.
enum Callgrind {
  /// Instructions of one time of each scene, by name.
  static func costs(of scenes: [RoomScene]) throws -> [String: Int] {
    var costs: [String: Int] = [:]
    for scene in scenes { costs[scene.name] = try total(of: scene) / scene.count }
    return costs
  }

  private static func total(of scene: RoomScene) throws -> Int {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "SWIFT_DETERMINISTIC_HASHING=1", "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
      "--toggle-collect=*room_measured*", own, "run", scene.name,
    ]
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let lines = text.split(whereSeparator: \.isNewline)
    // ==1234== Collected : 567890
    guard process.terminationStatus == 0,
      let number = lines.first(where: { $0.contains("Collected :") })?.split(separator: " ").last,
      let total = Int(number), total > 0
    else { throw CostError("valgrind: \(lines.suffix(3).joined(separator: "; "))") }
    return total
  }
}
