import ArgumentParser
import Wire

/// Sends numbered datagrams in several flows, each answered by who got it, and reports who that was.
struct StreamCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stream", abstract: "Send numbered datagrams.", shouldDisplay: false)

  @Option var to: String
  @Option var port: UInt16
  @Option var flows: Int
  /// Microseconds between two datagrams of a flow.
  @Option var every = 10_000
  /// The file for the `StreamReport`, written at the end and twice a second.
  @Option var report: String

  func run() throws {
    try LabCommand.reporting {
      guard let address = IPAddress(to), (1...500).contains(flows), (100...10_000_000).contains(every) else {
        throw LabError(.usage, "--to must be an address, --flows and --every in bounds")
      }
      Interrupt.install()
      var streamer = try Streamer(address: address, port: port, flows: flows, every: Int64(every))
      var reportedAt: Int64 = 0
      do {
        while true {
          try Interrupt.check()
          streamer.step()
          if WallClock.now - reportedAt > 500_000 {
            reportedAt = WallClock.now
            try streamer.report().save(to: report)
          }
        }
      } catch let error as LabError where error.isInterruption {
        try streamer.report().save(to: report)
      }
    }
  }
}
