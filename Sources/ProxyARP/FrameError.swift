/// Why bytes are not the message they were taken for: which field, where, and what is wrong with it.
public struct FrameError: Error, Hashable, Sendable {
  /// The raw values are the names in logs and in `explain`.
  public enum Field: String, Hashable, Sendable, CaseIterable {
    case ethernet = "ethernet"
    case etherType = "ethernet.type"
    case vlanIdentifier = "vlan.id"
    case arp = "arp"
    case arpHardwareType = "arp.hardware_type"
    case arpProtocolType = "arp.protocol_type"
    case arpHardwareLength = "arp.hardware_length"
    case arpProtocolLength = "arp.protocol_length"
    case arpOperation = "arp.operation"
    case ipv6 = "ipv6"
    case ipv6Version = "ipv6.version"
    case ipv6PayloadLength = "ipv6.payload_length"
    case ipv6NextHeader = "ipv6.next_header"
    case ipv6HopLimit = "ipv6.hop_limit"
    case ipv6Source = "ipv6.source"
    case ipv6Destination = "ipv6.destination"
    case icmpType = "icmpv6.type"
    case icmpCode = "icmpv6.code"
    case icmpChecksum = "icmpv6.checksum"
    case neighbourFlags = "nd.flags"
    case neighbourTarget = "nd.target"
    case optionLength = "nd.option.length"
    case sourceLinkLayer = "nd.option.source_link_layer"
  }

  public enum Problem: Hashable, Sendable {
    /// Fewer bytes than the field needs.
    case truncated(have: Int, need: Int)
    /// A value that the standard forbids here, or that another protocol uses.
    case value(UInt64)
    /// Two fields that contradict each other.
    case contradiction
  }

  public var field: Field
  /// Bytes from the first byte of the destination MAC.
  public var offset: Int
  public var problem: Problem

  public init(_ field: Field, at offset: Int, _ problem: Problem) {
    self.field = field
    self.offset = offset
    self.problem = problem
  }
}

extension FrameError: CustomStringConvertible {
  public var description: String {
    let what =
      switch problem {
      case .truncated(let have, let need): "\(have) bytes, needs \(need)"
      case .value(let value): "must not be \(value)"
      case .contradiction: "contradicts another field"
      }
    return "\(field.rawValue) at offset \(offset): \(what)"
  }
}
