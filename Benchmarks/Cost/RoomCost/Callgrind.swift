import Foundation
import RoomScenes

/// Counts instructions of this executable, run again under valgrind.
enum Callgrind {
  /// Instructions of one time of each scene, by name.
  static func costs(of scenes: [RoomScene]) throws -> [String: Int] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "roomcost-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try run(folder.appending(path: "out").path)
    var costs: [String: Int] = [:]
    for (index, scene) in scenes.enumerated() {
      // One dump after each scene, numbered from 1.
      let text = try String(contentsOf: folder.appending(path: "out.\(index + 1)"), encoding: .utf8)
      let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("totals:") }
      guard let total = line?.split(separator: " ").last.flatMap({ Int($0) }), total > 0 else {
        throw CostError("callgrind counted nothing for '\(scene.name)'")
      }
      costs[scene.name] = total / scene.count
    }
    return costs
  }

  private static func run(_ output: String) throws {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "SWIFT_DETERMINISTIC_HASHING=1", "valgrind", "--tool=callgrind", "--callgrind-out-file=\(output)",
      "--toggle-collect=room_measured", "--dump-after=room_measured", own, "run",
    ]
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw CostError(
        "valgrind: \(text.split(whereSeparator: \.isNewline).suffix(3).joined(separator: "; "))")
    }
  }
}
