import SwitchModel

extension SchemaValue {
  /// What YAML may make of a text without quotes: the parser takes any of these as text.
  private static let scalars: JSONTree = .strings(["string", "number", "boolean"])
  private static let ipv4 =
    "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\\.(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])){3}"
  private static let ipv6 = "[0-9a-fA-F:]*:[0-9a-fA-F:.]*"
  /// 1 to 65535.
  private static let portPattern =
    "0*([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"

  var schema: JSONTree {
    switch self {
    case .name: SchemaValue.text("^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")
    case .interface: SchemaValue.text("^[^/: ]{1,15}$")
    case .port: .object(["type": SchemaValue.scalars])
    case .choice(let words): .object(["enum": .strings(words)])
    case .integer(let range):
      .object([
        "type": .string("integer"), "minimum": .integer(range.lowerBound),
        "maximum": .integer(range.upperBound),
      ])
    case .powerOfTwo(let range):
      .object([
        "enum": .array((0..<17).map { 1 << $0 }.filter { range.contains($0) }.map { .integer($0) })
      ])
    case .boolean: .object(["type": .string("boolean")])
    case .duration: SchemaValue.string("^[0-9]{1,9}(\\.[0-9]{1,9})?(ms|s|m|h)$")
    case .percentage: SchemaValue.string("^0*([1-9][0-9]?|100)%$")
    case .vlan:
      .object([
        "anyOf": .array([
          SchemaValue.integer(0...4094).schema, .object(["const": .string("untagged")]),
        ])
      ])
    case .mac: SchemaValue.string("^[0-9a-fA-F][02468aceACE]([:-][0-9a-fA-F]{2}){5}$")
    case .address: SchemaValue.string("^(\(SchemaValue.ipv4)|\(SchemaValue.ipv6))$")
    case .linkLocal: SchemaValue.string("^[fF][eE][89abAB][0-9a-fA-F]:[0-9a-fA-F:.]*$")
    case .interfaceAddress: SchemaValue.string("^(\(SchemaValue.ipv4)|\(SchemaValue.ipv6))/[0-9]+$")
    case .clusterAddress: SchemaValue.string("^(\(SchemaValue.ipv4)|\(SchemaValue.ipv6))(/[0-9]+)?$")
    case .service: SchemaValue.serviceSchema
    case .text(let range):
      // A schema counts characters: never more than bytes.
      .object([
        "type": SchemaValue.scalars, "minLength": .integer(1), "maxLength": .integer(range.upperBound),
      ])
    case .requestPath: SchemaValue.string("^/[!-~]{0,2047}$")
    case .filePath: SchemaValue.string("^/")
    case .host: SchemaValue.text("^[A-Za-z0-9._:\\[\\]-]{1,255}$")
    case .domainName: SchemaValue.text("^(\\.|[!-~]{1,254})$")
    case .recordType: SchemaValue.string("^(\(SchemaValue.anyCase(SchemaValue.recordTypes)))$")
    case .responseCode:
      .object([
        "anyOf": .array([
          SchemaValue.integer(0...15).schema,
          SchemaValue.string("^(\(SchemaValue.anyCase(SchemaValue.responseCodes))|0*[0-9]|0*1[0-5])$"),
        ])
      ])
    case .status: SchemaValue.statusSchema
    case .listenAddress:
      SchemaValue.string("^(\(SchemaValue.ipv4)|\\[\(SchemaValue.ipv6)\\]):\(SchemaValue.portPattern)$")
    case .group: SchemaValue.text("^[a-z_][a-z0-9_-]{0,31}$")
    case .command:
      .object([
        "type": .string("array"), "minItems": .integer(1),
        "prefixItems": .array([SchemaValue.string("^/")]), "items": .object(["type": SchemaValue.scalars]),
      ])
    case .list(let value, let count): SchemaValue.list(value, count)
    case .section(let section): .object(["$ref": .string("#/$defs/\(section.id)")])
    case .either(let word, let section):
      .object([
        "anyOf": .array([
          .object(["const": .string(word)]), .object(["$ref": .string("#/$defs/\(section.id)")]),
        ])
      ])
    }
  }

  private static func string(_ pattern: String) -> JSONTree {
    .object(["type": .string("string"), "pattern": .string(pattern)])
  }

  /// Where a number or a truth value without quotes will do as well.
  private static func text(_ pattern: String) -> JSONTree {
    .object(["type": scalars, "pattern": .string(pattern)])
  }

  private static func list(_ value: SchemaValue, _ count: ClosedRange<Int>) -> JSONTree {
    var members: [JSONTree.Member] = [
      .init(key: "type", value: .string("array")), .init(key: "items", value: value.schema),
    ]
    if count.lowerBound > 0 { members.append(.init(key: "minItems", value: .integer(count.lowerBound))) }
    if count.upperBound < Int.max {
      members.append(.init(key: "maxItems", value: .integer(count.upperBound)))
    }
    return .object(members)
  }

  private static let serviceSchema: JSONTree = {
    let withPorts = IPProtocol.names.filter { IPProtocol.number(named: $0).map(IPProtocol.hasPorts) == true }
    let without = IPProtocol.names.filter { !withPorts.contains($0) }
    let numbers = (1...254).filter { number in UInt8(exactly: number).map(IPProtocol.hasPorts) == true }
    // A protocol by its number, with a port where it has ports.
    let ported = (withPorts + numbers.map(String.init)).joined(separator: "|")
    let pattern =
      "^((\(ported))(/\(portPattern))?|\(without.joined(separator: "|"))|0*([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-4]))$"
    return .object(["anyOf": .array([SchemaValue.integer(1...254).schema, string(pattern)])])
  }()

  private static let statusSchema: JSONTree = {
    let one: JSONTree = .object([
      "anyOf": .array([
        SchemaValue.integer(100...599).schema, string("^[1-5][0-9]{2}(-[1-5][0-9]{2})?$"),
      ])
    ])
    return .object([
      "anyOf": .array([one, .object(["type": .string("array"), "items": one, "minItems": .integer(1)])])
    ])
  }()

  /// ECMA-262 has no mark for it: each letter in both cases.
  private static func anyCase(_ words: [String]) -> String {
    words.map { word in
      word.map { letter in
        letter.isLetter ? "[\(letter.uppercased())\(letter.lowercased())]" : String(letter)
      }.joined()
    }.joined(separator: "|")
  }
}
