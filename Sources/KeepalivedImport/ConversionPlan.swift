import SwitchModel
import Wire

/// What becomes of a file: the findings, and what the text will say.
struct ConversionPlan {
  /// As ConfigurationFile has it.
  static let maximumClusters = 16384
  /// Ports of servers; one more is the routers'. Members beyond share the last.
  static let maximumServerPorts = 499
  /// Addresses that one range of a group stands for.
  static let maximumRange = 256

  let options: ImportOptions
  private let maximumMembers: Int
  private(set) var findings: [ImportFinding] = []
  /// A line that goes into several clusters is told once.
  private var told: Set<ImportFinding> = []
  private(set) var furtherFindings = 0
  var switchName = "fs1"
  var clusters: [PlannedCluster] = []
  /// Lines of comment at the end: VRRP and the like.
  var notes: [String] = []
  /// `virtual_server_group` by name.
  var groups: [String: [KeepalivedStatement]] = [:]
  /// Every address of a virtual server: no member may have it.
  var virtualAddresses: Set<IPAddress> = []
  /// Services that a cluster has already; 0: every port of the protocol.
  var taken: [IPAddress: [UInt8: Set<UInt16>]] = [:]
  private var names: Set<String> = []
  private var nextNumbers: [String: Int] = [:]
  private(set) var ports: [IPAddress: String] = [:]
  private(set) var portOrder: [(name: String, addresses: [IPAddress])] = []
  private(set) var placeholders: [String] = []
  private var freePorts: ArraySlice<String>
  private var memberCount = 0
  private var serverPlaceholders = 0

  init(options: ImportOptions, limits: KeepalivedLimits = KeepalivedLimits()) {
    maximumMembers = limits.members
    self.options = options
    freePorts = options.ports[...]
    if let name = options.name { switchName = name }
    if options.routerPort == nil { placeholders.append(ConversionPlan.routerPlaceholder) }
  }

  static let routerPlaceholder = "CHANGE-ME-R"

  var routerPort: String { options.routerPort ?? ConversionPlan.routerPlaceholder }

  mutating func find(
    _ meaning: ImportFinding.Meaning, _ place: KeepalivedPlace, _ subject: String, _ text: String
  ) {
    guard findings.count < KeepalivedImport.maximumFindings else {
      furtherFindings += 1
      return
    }
    let finding = ImportFinding(place: place, meaning: meaning, subject: subject, text: text)
    if told.insert(finding).inserted { findings.append(finding) }
  }

  mutating func find(_ meaning: ImportFinding.Meaning, _ statement: KeepalivedStatement, _ text: String) {
    find(meaning, statement.place, statement.shown, text)
  }

  /// A keyword that needs no code, only a word.
  mutating func tellOther(_ line: KeepalivedStatement, _ table: Meanings.Table) {
    if let (meaning, text) = table[line.keyword.text] {
      find(meaning, line, text)
    } else {
      find(.notConverted, line, "not a keyword that is known here")
    }
  }

  /// The port of a server: as the options say, or a placeholder of its own.
  mutating func port(of address: IPAddress) -> String {
    if let port = ports[address] { return port }
    let name: String
    if let given = options.portsByAddress[address.description] {
      name = given
    } else if let given = freePorts.popFirst() {
      name = given
    } else if portOrder.count >= ConversionPlan.maximumServerPorts, let last = portOrder.last {
      name = last.name
    } else {
      serverPlaceholders += 1
      name = "CHANGE-ME-\(serverPlaceholders)"
      placeholders.append(name)
    }
    ports[address] = name
    if let index = portOrder.firstIndex(where: { $0.name == name }) {
      portOrder[index].addresses.append(address)
    } else {
      portOrder.append((name, [address]))
    }
    return name
  }

  mutating func countMember(at place: KeepalivedPlace) throws(KeepalivedFault) {
    memberCount += 1
    guard memberCount <= maximumMembers else {
      throw KeepalivedFault(
        "more than \(maximumMembers) members in all clusters", at: place,
        expected: "fewer real servers")
    }
  }

  /// The name, or it with a number where another has it.
  mutating func unique(_ name: String) -> String {
    if names.insert(name).inserted { return name }
    var number = nextNumbers[name] ?? 2
    while !names.insert("\(name.prefix(56))-\(number)").inserted { number += 1 }
    nextNumbers[name] = number + 1
    return "\(name.prefix(56))-\(number)"
  }
}

/// A cluster as it will be written.
struct PlannedCluster {
  var name: String
  /// Nil: nobody knows (a firewall mark).
  var address: IPAddress?
  var services: [Service]
  var place: KeepalivedPlace
  var subject: String
  var comments: [String] = []
  /// Keys and values between services and members, in order.
  var keys: [(key: String, value: String, comment: String?)] = []
  var members: [PlannedMember] = []
  var probe: [(key: String, value: String)] = []
  var probeComments: [String] = []
  /// Why the whole cluster is in comments.
  var reasonOff: String?

  var sharesPorts: Bool {
    var seen: Set<String> = []
    return members.contains { $0.reasonOff == nil && !seen.insert($0.port).inserted }
  }
}

/// A member as it will be written.
struct PlannedMember {
  var name: String
  var address: IPAddress
  var port = ""
  var weight: Int?
  var isLastResort = false
  /// Why it is in comments.
  var reasonOff: String?
}
