import ArgumentParser
import Glibc
import Wire

/// Sends as much as it can over a few connections, for so long.
struct PushCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Send as much as a path takes.", shouldDisplay: false)

  @Option var to: String
  @Option var port: UInt16
  @Option var streams = 1
  @Option var seconds = 2

  func run() throws {
    try LabCommand.reporting {
      guard let address = IPAddress(to), (1...64).contains(streams), (1...600).contains(seconds) else {
        throw LabError(.usage, "--to must be an address, --streams and --seconds in bounds")
      }
      Interrupt.install()
      let bundle = try (0..<streams).map { _ in try Stream(to: address, port: port) }
      let end = WallClock.now + Int64(seconds) * 1_000_000
      let block = [UInt8](repeating: 0x55, count: 16384)
      while WallClock.now < end {
        try Interrupt.check()
        var polled = bundle.map { pollfd(fd: $0.socket.raw, events: Int16(POLLOUT), revents: 0) }
        poll(&polled, nfds_t(polled.count), 50)
        for (stream, state) in zip(bundle, polled) where state.revents != 0 {
          if case .failed(let number) = stream.socket.write(block) {
            throw LabError.refused("a stream to \(address) broke: \(errorText(number))")
          }
        }
      }
    }
  }

  private final class Stream {
    let socket: AgentSocket

    init(to address: IPAddress, port: UInt16) throws {
      socket = try AgentSocket(ipv6: address.isIPv6, stream: true)
      let failure = socket.connect(to: address, port: port)
      guard failure == 0 else { throw LabError.refused("cannot reach \(address): \(errorText(failure))") }
    }
  }
}
