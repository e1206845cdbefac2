public import Wire

/// Who may speak to the switch, and where besides its control socket.
public struct APIConfiguration: Hashable, Sendable {
  /// Where the API listens by TCP; nil: not at all.
  public var listen: ListenAddress?
  /// Path of a PEM file: the certificate and those that lead to its root. With `key`, or neither; without, only loopback
  /// addresses may listen.
  public var certificate: String?
  /// Path of a PEM file.
  public var key: String?
  /// Path of the file of tokens; nil: everybody may read, nobody more.
  public var tokens: String?
  /// Whose members may use the control socket; nil: the daemon's own group.
  public var group: String?

  public init(
    listen: ListenAddress? = nil, certificate: String? = nil, key: String? = nil, tokens: String? = nil,
    group: String? = nil
  ) {
    self.listen = listen
    self.certificate = certificate
    self.key = key
    self.tokens = tokens
    self.group = group
  }
}

/// An address and a port of TCP: `127.0.0.1:8443`, `[::1]:8443`.
public struct ListenAddress: Hashable, Sendable {
  public var address: IPAddress
  public var port: UInt16

  public init(_ address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }

  /// Nil for what is no address with a port from 1 on.
  public init?(_ text: String) {
    let host: Substring
    let rest: Substring
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      host = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
      guard host.contains(":") else { return nil }
    } else {
      guard let colon = text.firstIndex(of: ":") else { return nil }
      host = text[..<colon]
      rest = text[colon...]
    }
    guard rest.hasPrefix(":"), rest.utf8.dropFirst().allSatisfy({ (48...57).contains($0) }),
      let port = UInt16(rest.dropFirst()), port > 0, let address = IPAddress(String(host))
    else { return nil }
    self.init(address, port: port)
  }
}

extension ListenAddress: CustomStringConvertible {
  public var description: String { address.isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)" }
}

extension IPAddress {
  /// 127.0.0.0/8, ::1.
  public var isLoopback: Bool {
    isIPv6 ? hi == 0 && lo == UInt64(1).bigEndian : lo & 0xff == 127
  }
}
