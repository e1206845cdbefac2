import Wire

/// That another host has an address, or is about to take it, as a message says.
struct OwnAddressClaim: Hashable, Sendable {
  let address: IPAddress
  let mac: MACAddress
  /// It only asks whether anybody has it (RFC 5227 §2.1.1, RFC 4862 §5.4.3).
  let isProbe: Bool

  /// Nil: the message claims nothing, it is the switch's own come back, or no host can have sent it.
  init?(_ message: AddressMessage, own: MACAddress) {
    if let question = message.question, question.askerIP.isUnspecified {
      address = question.target
      mac = question.askerMAC
      isProbe = true
    } else if let binding = message.binding {
      address = binding.address
      mac = binding.mac ?? message.source
      isProbe = false
    } else {
      return nil
    }
    // Nobody's interface has such a MAC (RFC 1812 §3.3.2).
    if mac == own || mac.isMulticast || mac == .zero { return nil }
  }
}
