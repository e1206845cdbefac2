public import SwitchModel
import Wire

extension ExplainQuestion {
  /// A question from what an operator wrote.
  ///
  /// - Parameters:
  ///   - source, destination: an address, perhaps with a port.
  ///   - protocolText: a name or a number.
  ///   - begins: a TCP segment with SYN.
  ///   - vlan: 0: untagged.
  public init(
    source: String, destination: String, protocolText: String, port: String?, begins: Bool, vlan: Int
  ) throws(QuestionError) {
    let from: Endpoint
    let to: Endpoint
    do {
      (from, to) = (try Endpoint(source), try Endpoint(destination))
    } catch {
      throw .endpoint(error)
    }
    guard from.address.isIPv6 == to.address.isIPv6 else { throw .families }
    let name = protocolText.lowercased()
    guard let number = SwitchModel.IPProtocol.number(named: name) ?? UInt8(name) else {
      throw .unknownProtocol(protocolText)
    }
    if from.port != nil || to.port != nil, !SwitchModel.IPProtocol.hasPorts(number) {
      throw .noPorts(SwitchModel.IPProtocol.name(of: number))
    }
    if begins, number != 6 { throw .notTCP(SwitchModel.IPProtocol.name(of: number)) }
    guard (0...4094).contains(vlan) else { throw .notAVLAN(vlan) }
    self.init(
      source: from.address.description, source_port: from.port, destination: to.address.description,
      destination_port: to.port, protocol: SwitchModel.IPProtocol.name(of: number), port: port,
      begins: begins, vlan: vlan)
  }
}
