@testable import LinuxPlatform
@testable import Management
import SwitchModel
import Wire

extension FuzzTarget {
  /// Addresses, durations, services and the like as people write them, a line each. What is read and written again reads
  /// the same, and only what such a text may consist of is accepted.
  static let text = FuzzTarget(
    "text", "addresses, durations, services", longest: 512,
    .direct { bytes in
      var reader = InputReader(bytes)
      while !reader.isAtEnd { try check(reader.line()) }
      _ = Capabilities(status: String(decoding: bytes, as: UTF8.self))
    })

  private static func check(_ text: String) throws {
    if let address = IPAddress(text) {
      try FuzzFault.unless(IPAddress(address.description) == address, "\(text) became \(address)")
      try FuzzFault.unless(consists(text, of: "0123456789abcdefABCDEF:."), "\(text) is no address")
    }
    if let prefix = IPPrefix(text) {
      try FuzzFault.unless(IPPrefix(prefix.description) == prefix, "\(text) became \(prefix)")
      _ = (prefix.network, prefix.mask)
    }
    if let mac = MACAddress(text) {
      try FuzzFault.unless(MACAddress(mac.description) == mac, "\(text) became \(mac)")
      try FuzzFault.unless(consists(text, of: "0123456789abcdefABCDEF:-"), "\(text) is no MAC")
    }
    if let duration = Duration(text: text) {
      try FuzzFault.unless(duration >= .zero, "\(text) became \(duration)")
      try FuzzFault.unless(
        Duration(text: duration.text) != nil || duration >= .seconds(1_000_000),
        "\(text) became \(duration.text)")
    }
    if let service = try? Service(text: text) {
      try FuzzFault.unless((try? Service(text: service.description)) == service, "\(text) became \(service)")
    }
    if let endpoint = try? Endpoint(text), let port = endpoint.port {
      try FuzzFault.unless(port > 0, "\(text) has port 0")
    }
    if let listen = ListenAddress(text) { try FuzzFault.unless(listen.port > 0, "\(text) has port 0") }
    if let plain = Query.decode(text[...]) {
      try FuzzFault.unless(Query.decode(Query.encode(plain)[...]) == plain, "\(text) became \(plain)")
    }
    if let bytes = [UInt8](hexadecimal: text) {
      try FuzzFault.unless(bytes.hexadecimal == text.lowercased(), "\(text) became \(bytes)")
    }
    _ = (Token.isName(text), CallerAddress.key(text), KernelInformation.version(of: text))
  }

  private static func consists(_ text: String, of allowed: String) -> Bool {
    text.utf8.allSatisfy(Set(allowed.utf8).contains)
  }
}
