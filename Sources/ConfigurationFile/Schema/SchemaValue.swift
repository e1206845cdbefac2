import SwitchModel

/// What may stand behind a key.
indirect enum SchemaValue: Sendable {
  case name
  case interface
  /// The name of a port of the file.
  case port
  case choice([String])
  case integer(ClosedRange<Int>)
  case powerOfTwo(ClosedRange<Int>)
  case boolean
  case duration(ClosedRange<Duration>)
  case percentage(ClosedRange<Int>)
  case vlan
  case mac
  /// An address of one host.
  case address
  case linkLocal
  /// With the length of its prefix.
  case interfaceAddress
  /// One address or a subnet.
  case clusterAddress
  case service
  /// Bytes in UTF-8.
  case text(ClosedRange<Int>)
  case requestPath
  case filePath
  case host
  case domainName
  case recordType
  case responseCode
  case status
  /// An address of this machine and a port.
  case listenAddress
  /// A group of the system.
  case group
  /// A program and its arguments.
  case command
  case list(of: SchemaValue, count: ClosedRange<Int>)
  case section(SchemaSection)
  /// A word, or a section.
  case either(String, SchemaSection)
}

extension SchemaValue {
  /// The value of the type as the reference names it: its form, and its range with units.
  var typeText: String {
    switch self {
    case .name: "name"
    case .interface: "name of an interface, 1–15 bytes"
    case .port: "name of a port"
    case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .integer(let range): "whole number, \(range.lowerBound)–\(range.upperBound)"
    case .powerOfTwo(let range): "power of two, \(range.lowerBound)–\(range.upperBound)"
    case .boolean: "`true`, `false`"
    case .duration(let range): "duration, \(range.lowerBound.text)–\(range.upperBound.text)"
    case .percentage(let range): "percentage, \(range.lowerBound)%–\(range.upperBound)%"
    case .vlan: "1–4094, `0` or `untagged`"
    case .mac: "unicast MAC, in quotes"
    case .address: "IPv4 or IPv6 address of a host"
    case .linkLocal: "address of fe80::/10"
    case .interfaceAddress: "address/length"
    case .clusterAddress: "IPv4 or IPv6 address, or a subnet without host bits"
    case .service: "`PROTOCOL/PORT`, `PROTOCOL`, or a number 1–254"
    case .text(let range): "text, \(range.lowerBound)–\(range.upperBound) bytes"
    case .requestPath: "`/…`, at most 2048 bytes"
    case .filePath: "absolute path"
    case .host: "name or address of a host"
    case .domainName: "domain name"
    case .recordType: SchemaValue.recordTypes.map { "`\($0)`" }.joined(separator: ", ")
    case .responseCode: SchemaValue.responseCodes.map { "`\($0)`" }.joined(separator: ", ") + ", or 0–15"
    case .status: "`200`, `200-399`, or a list of such"
    case .listenAddress: "address:port, IPv6 in brackets"
    case .group: "name of a group"
    case .command: "list, an absolute path first"
    case .list(let value, let count):
      "list of \(count.upperBound == Int.max ? "at least \(count.lowerBound)" : "\(count.lowerBound)–\(count.upperBound)"): \(value.typeText)"
    case .section(let section): section.link
    case .either(let word, let section): "`\(word)`, or \(section.link)"
    }
  }

  static let recordTypes = ["A", "AAAA", "SOA", "NS", "MX", "TXT", "SRV", "PTR"]
  static let responseCodes = [
    "noerror", "formerr", "servfail", "nxdomain", "notimp", "refused", "yxdomain", "yxrrset", "nxrrset",
    "notauth", "notzone",
  ]
}
