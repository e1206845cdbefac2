import ArgumentParser
import Glibc
import Wire

/// Sends IP packets of any protocol. The kernel writes the IP header, and fragments what is too large.
struct SendIPCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send-ip", abstract: "Send IP packets of any protocol.", shouldDisplay: false)

  @Option var source: String
  @Option var destination: String
  @Option(name: .customLong("protocol")) var protocolNumber: UInt8
  @Option var count = 1
  /// Bytes behind the IP header.
  @Option var size = 64
  /// Begins every payload, in hexadecimal; the packet's number follows in four bytes.
  @Option var prefix = ""

  func run() throws {
    try LabCommand.reporting {
      guard let from = IPAddress(source), let to = IPAddress(destination), from.isIPv6 == to.isIPv6 else {
        throw LabError(.usage, "--source and --destination must be addresses of one family")
      }
      guard let prefix = Self.bytes(hexadecimal: prefix), (0...100_000).contains(count),
        (0...60_000).contains(size)
      else { throw LabError(.usage, "--prefix must be hexadecimal, --count and --size in bounds") }
      let socket = try RawSocket.ip(protocolNumber: protocolNumber, from: from)
      for number in 0..<count {
        var payload = prefix + withUnsafeBytes(of: UInt32(number).bigEndian, Array.init)
        payload += (0..<max(0, size - payload.count)).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }
        try socket.send(Array(payload.prefix(max(size, prefix.count + 4))), to: to)
        // Bursts overflow the 256 frames that a virtual cable holds.
        if number % 32 == 31 { usleep(2000) }
      }
    }
  }

  static func bytes(hexadecimal text: String) -> [UInt8]? {
    guard text.utf8.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    var rest = text[...]
    while !rest.isEmpty {
      guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return bytes
  }
}
