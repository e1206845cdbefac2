public import Wire

/// An address with or without a port as people write it: `10.0.0.1`, `10.0.0.1:80`, `fd00::1`, `[fd00::1]:80`.
public struct Endpoint: Hashable, Sendable {
  public var address: IPAddress
  public var port: UInt16?

  public init(_ text: String) throws(EndpointError) {
    let (host, port) = try Endpoint.split(text)
    guard let address = IPAddress(host) else { throw .notAnAddress(text) }
    self.address = address
    guard let port else {
      self.port = nil
      return
    }
    guard (1...5).contains(port.utf8.count), port.utf8.allSatisfy({ (48...57).contains($0) }),
      let number = UInt16(port), number > 0
    else { throw .notAPort(port) }
    self.port = number
  }

  /// Host and port. A text with two colons or more and no brackets is an IPv6 address alone (RFC 5952 §6).
  private static func split(_ text: String) throws(EndpointError) -> (host: String, port: String?) {
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { throw .notAnAddress(text) }
      let host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      guard host.utf8.contains(UInt8(ascii: ":")), rest.isEmpty || rest.hasPrefix(":") else {
        throw .notAnAddress(text)
      }
      return (String(host), rest.isEmpty ? nil : String(rest.dropFirst()))
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count == 2 { return (String(parts[0]), String(parts[1])) }
    return (text, nil)
  }
}
