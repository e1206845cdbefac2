/// Why a text is not a service.
public enum ServiceTextError: Error, Hashable, Sendable {
  case unknownProtocol(String)
  /// The protocol has no ports, yet one is given.
  case noPorts(String)
  case badPort(String)
}

extension Service: CustomStringConvertible {
  /// `tcp/80`, `udp`, `esp`, `47`.
  public init(text: String) throws(ServiceTextError) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.first ?? ""
    guard let number = IPProtocol.number(named: name) ?? Service.protocolNumber(name) else {
      throw .unknownProtocol(String(name))
    }
    guard parts.count == 2 else {
      self.init(protocolNumber: number)
      return
    }
    guard IPProtocol.hasPorts(number) else { throw .noPorts(String(name)) }
    let digits = parts[1]
    guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(digits), port > 0 else {
      throw .badPort(String(digits))
    }
    self.init(protocolNumber: number, port: port)
  }

  /// 0 is IPv6's hop-by-hop header and 255 reserved: nothing that a packet carries.
  private static func protocolNumber(_ text: some StringProtocol) -> UInt8? {
    guard text.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt8(text),
      (1...254).contains(number)
    else { return nil }
    return number
  }

  public var description: String {
    let name = IPProtocol.name(of: protocolNumber)
    return port == 0 ? name : "\(name)/\(port)"
  }

  /// Some packet belongs to both.
  public func overlaps(_ other: Service) -> Bool {
    protocolNumber == other.protocolNumber && (port == other.port || port == 0 || other.port == 0)
  }
}
