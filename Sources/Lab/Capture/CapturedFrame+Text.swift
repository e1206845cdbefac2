/// One line a frame, like `tcpdump -e`.
extension CapturedFrame: CustomStringConvertible {
  package var description: String {
    guard let source, let destination, let etherType else {
      return "\(bytes.count) bytes, no Ethernet header"
    }
    var text = "\(source) > \(destination), length \(bytes.count)"
    if let from = sourceAddress, let to = destinationAddress, let number = ipProtocol {
      text += ", \(from) > \(to), protocol \(number)"
      if let fragment = ipv4Fragment { text += ", fragment at \(fragment.offset)" }
      if let fragment = ipv6Fragment { text += ", fragment at \(fragment.offset)" }
    } else if isARP {
      text += ", ARP"
    } else {
      text += ", ethertype 0x\(String(etherType, radix: 16))"
    }
    return text
  }
}
