/// A member's numbers in the file: `index port vlan`. Tens of thousands of them are read at each start, and a text is read
/// several times quicker than an object of three values, as earlier versions wrote it.
extension InstanceState.Member: Codable {
  private enum CodingKeys: String, CodingKey {
    case index, port, vlan
  }

  init(from decoder: any Decoder) throws {
    if let text = try? decoder.singleValueContainer().decode(String.self) {
      let parts = text.split(separator: " ")
      guard parts.count == 3, let index = Int(parts[0]), let port = Int(parts[1]), let vlan = UInt16(parts[2])
      else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "not a member's three numbers"))
      }
      self.init(index: index, port: port, vlan: vlan)
      return
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      index: try values.decode(Int.self, forKey: .index), port: try values.decode(Int.self, forKey: .port),
      vlan: try values.decode(UInt16.self, forKey: .vlan))
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode("\(index) \(port) \(vlan)")
  }
}
