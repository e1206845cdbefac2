import Foundation
import Testing

/// The page in a headless Chromium beside a switch that is none: Tests/Console/checks_*.py say what holds.
@Suite struct ConsoleBrowserTests {
  static let script = ConsolePageTests.root.appending(path: "Tests/Console/check.sh")

  static var canRun: Bool {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let folders = path.split(separator: ":").map(String.init)
    func isThere(_ name: String) -> Bool {
      folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }
    let browsers = ["chromium", "chromium-browser", "google-chrome"]
    return isThere("python3") && browsers.contains(where: isThere)
  }

  @Test(
    .enabled(if: canRun, "no chromium or no python3 here: apt-get install chromium python3"),
    .timeLimit(.minutes(15)))
  func thePageShowsWhatTheSwitchSays() throws {
    let process = Process()
    process.executableURL = Self.script
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let said = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(said)")
    // An empty list of checks would end well, too.
    #expect(said.contains("ok    a-failover-is-seen"))
  }
}
