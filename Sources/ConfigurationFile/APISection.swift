import SwitchModel
import Wire

/// `api:` as it was read.
struct APIDraft {
  static let keys = ["listen", "certificate", "key", "tokens", "group"]

  var configuration = APIConfiguration()

  init(_ item: Item) {
    guard let section = Section(item, keys: APIDraft.keys) else { return }
    let listen = section["listen"]?.listenAddress()
    configuration.listen = listen?.value
    configuration.certificate = section["certificate"]?.absolutePath()
    configuration.key = section["key"]?.absolutePath()
    configuration.tokens = section["tokens"]?.absolutePath()
    configuration.group = section["group"]?.groupName()
    if section["listen"] == nil {
      for key in ["certificate", "key", "tokens"] {
        section[key]?.error(
          "there is no address to listen on", expected: "listen beside it, or no key \(key)")
      }
    }
    switch (section["certificate"], section["key"]) {
    case (let certificate?, nil):
      certificate.error("there is no key", expected: "certificate and key, or neither")
    case (nil, let key?): key.error("there is no certificate", expected: "certificate and key, or neither")
    case (nil, nil):
      if let address = listen?.value, !address.address.isLoopback {
        section["listen"]?.error(
          "\(address) can be reached from other machines, and nothing encrypts what is said",
          expected: "certificate and key beside it, or an address of 127.0.0.0/8 or ::1")
      }
    case (_?, _?):
      if let address = listen?.value, !address.address.isLoopback, section["tokens"] == nil,
        let item = section["listen"]
      {
        item.report.warning(
          "who reaches \(address) may read everything", at: item.position, path: item.path,
          expected: "tokens, if that is not wanted")
      }
    }
  }
}

extension Item {
  fileprivate func listenAddress() -> Field<ListenAddress>? {
    let expected = "an address and a port, like 127.0.0.1:8443 or [::1]:8443"
    guard let text = text(expected) else { return nil }
    guard let address = ListenAddress(text.value) else {
      error("\(quoted(text.value)) is not an address with a port", expected: expected)
      return nil
    }
    return field(address)
  }

  /// As groupadd(8) takes them.
  fileprivate func groupName() -> String? {
    let expected = "the name of a group: 1 to 32 of a-z, 0-9, _ and -, a letter or _ first"
    guard let text = text(expected) else { return nil }
    let bytes = Array(text.value.utf8)
    func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte) || byte == 0x5f }
    guard (1...32).contains(bytes.count), isLetter(bytes[0]),
      bytes.allSatisfy({ isLetter($0) || (48...57).contains($0) || $0 == 0x2d })
    else {
      error("\(quoted(text.value)) is not the name of a group", expected: expected)
      return nil
    }
    return text.value
  }
}
