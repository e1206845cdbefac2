import ArgumentParser
import Glibc
import Wire

/// Claims an address the way hosts do when they start, come back or are asked: gratuitous ARP as request and as
/// reply, an ARP probe; for IPv6 an unsolicited advertisement and a duplicate address detection.
struct AnnounceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "announce", abstract: "Claim an address by ARP or ND.", shouldDisplay: false)

  @Option var interface: String
  @Option var mac: String
  @Option var address: String

  func run() throws {
    try LabCommand.reporting {
      guard let mac = MACAddress(mac), let address = IPAddress(address) else {
        throw LabError(.usage, "--mac and --address must be addresses")
      }
      let socket = try RawSocket.ethernet(interface: interface)
      for frame in Announcement.frames(of: address, mac: mac) { try socket.send(frame: frame) }
    }
  }
}
