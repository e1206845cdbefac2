import Glibc
import SwitchModel

@testable import Lab

/// A running `flowswitch capture`.
final class CaptureProcess {
  let file: String
  private let process: Daemon

  /// Returns when the capture has begun.
  init(_ site: Site, _ daemon: Daemon, _ name: String, _ options: [String] = []) throws {
    file = "\(site.folder)/\(name).pcapng"
    unlink(file)
    process = try Daemon(
      name: daemon.name, namespace: site.namespace,
      words: [try Executable.flowswitch(), "capture", "-w", file, "--socket", daemon.socket] + options,
      log: "\(site.folder)/\(name).log")
    // The file is made with the first bytes, which come when the datapath captures.
    let hasBegun = try Waiting.until(within: .seconds(20)) {
      (TextFile.readBytes(file)?.count ?? 0) > 0 || !process.isRunning
    }
    guard hasBegun, (TextFile.readBytes(file)?.count ?? 0) > 0 else {
      process.kill()
      throw SiteFailure("the capture did not begin: \(process.said)\n\(daemon.said)")
    }
  }

  deinit { process.kill() }

  var said: String { process.said }

  /// Waits until the file holds what is expected, and returns what it holds.
  @discardableResult
  func awaiting(_ condition: (CapturedFile) -> Bool) throws -> CapturedFile {
    var last: CapturedFile?
    let isSo = try Waiting.until(within: .seconds(20), every: .milliseconds(50)) {
      // A block may be half written at the moment.
      last = (try? CapturedFile(file)) ?? last
      return last.map(condition) ?? false
    }
    guard isSo, let last else {
      throw SiteFailure(
        "the capture does not become as expected: \(last?.decisions ?? [:]), \(last?.missed ?? 0) missed")
    }
    return last
  }

  /// Waits for its end, after a signal (0: none), and returns its status.
  func stop(_ number: Int32 = SIGINT) throws -> Int32 { try process.stop(number) }
}
