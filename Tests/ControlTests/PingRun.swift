import Glibc

@testable import Lab

/// A thousand echo requests a second from a site's router to its cluster, until it is stopped.
final class PingRun {
  private let process: Daemon

  init(_ site: Site) throws {
    process = try Daemon(
      name: "ping", namespace: "\(site.name)-r",
      words: ["ping", "-q", "-n", "-i", "0.001", Site.address], log: "\(site.folder)/pings")
  }

  deinit { process.kill() }

  /// Ends it.
  /// - Returns: how many were sent, and how many had no answer; the one that is under way does not count.
  func stop() throws -> (sent: Int, lost: Int) {
    try process.stop(SIGINT)
    let words = process.said.split(whereSeparator: \.isWhitespace)
    guard let at = words.firstIndex(of: "transmitted,"), at >= 2, words.count > at + 1,
      let sent = Int(words[at - 2]), let received = Int(words[at + 1])
    else { throw SiteFailure("ping said: \(process.said)") }
    return (sent, max(0, sent - received - 1))
  }
}
