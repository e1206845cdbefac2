import Wire

/// A frame in which a station claims an IP address for its MAC, or asks who else has it: an ARP packet with the
/// address as its sender's, an ARP probe (RFC 5227 §2.1.1), a neighbour advertisement or solicitation, one of
/// duplicate address detection (RFC 4862 §5.4.2).
package struct NeighbourClaim: Hashable, Sendable {
  package enum Kind: String, Sendable {
    case arpRequest = "ARP request"
    case arpReply = "ARP reply"
    case arpProbe = "ARP probe"
    case solicitation = "neighbour solicitation"
    case detection = "duplicate address detection"
    case advertisement = "neighbour advertisement"
  }

  package var kind: Kind
  package var address: IPAddress
  /// The MAC that the packet itself gives; the frame's source where it gives none.
  package var mac: MACAddress

  /// Nil: no claim.
  package init?(_ frame: CapturedFrame) {
    if frame.isARP {
      self.init(arp: frame)
    } else {
      self.init(nd: frame)
    }
  }

  /// RFC 826 for Ethernet and IPv4: operation at 20, sender MAC 22, sender IP 28, target IP 38.
  private init?(arp frame: CapturedFrame) {
    guard let operation = frame.word(20), let mac = frame.mac(22),
      let sender = frame.address(28, ipv6: false),
      let target = frame.address(38, ipv6: false)
    else { return nil }
    self.mac = mac
    if sender.isUnspecified {
      kind = .arpProbe
      address = target
    } else {
      kind = operation == 2 ? .arpReply : .arpRequest
      address = sender
    }
  }

  /// RFC 4861 §4.3 and §4.4, without extension headers: type at 54, target 62, options from 78.
  private init?(nd frame: CapturedFrame) {
    guard frame.isIPv6, frame.ipProtocol == 58, let type = frame.byte(54), type == 135 || type == 136,
      let target = frame.address(62, ipv6: true), let sender = frame.sourceAddress, let source = frame.source
    else { return nil }
    mac = Self.linkLayerAddress(frame) ?? source
    if type == 136 {
      kind = .advertisement
      address = target
    } else if sender.isUnspecified {
      kind = .detection
      address = target
    } else {
      kind = .solicitation
      address = sender
    }
  }

  /// The source or target link-layer address option.
  private static func linkLayerAddress(_ frame: CapturedFrame) -> MACAddress? {
    var at = 78
    while let type = frame.byte(at), let units = frame.byte(at + 1), units > 0 {
      if type == 1 || type == 2 { return frame.mac(at + 2) }
      at += Int(units) * 8
    }
    return nil
  }
}
