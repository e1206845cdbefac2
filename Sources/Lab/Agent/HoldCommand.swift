import ArgumentParser
import Wire

/// Holds connections open, with a small question on each every so often, and reports what became of them.
struct HoldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Hold TCP connections open.", shouldDisplay: false)

  @Option var to: String
  @Option var port: UInt16
  @Option var count: Int
  /// Milliseconds between two questions on a connection.
  @Option var every = 50
  /// The file for the `HoldReport`, written over five times a second, and at the end.
  @Option var report: String

  func run() throws {
    try LabCommand.reporting {
      guard let address = IPAddress(to), (1...2000).contains(count), (1...60_000).contains(every) else {
        throw LabError(.usage, "--to must be an address, --count and --every in bounds")
      }
      Interrupt.install()
      var holder = try Holder(address: address, port: port, count: count, every: Int64(every) * 1000)
      var reportedAt: Int64 = 0
      do {
        while true {
          try Interrupt.check()
          holder.step()
          if WallClock.now - reportedAt > 200_000 {
            reportedAt = WallClock.now
            try holder.report().save(to: report)
          }
        }
      } catch let error as LabError where error.isInterruption {
        try holder.report().save(to: report)
      }
    }
  }
}
