import SwitchModel
import Wire

extension ConversionPlan {
  /// Everything of the file.
  mutating func read(_ statements: [KeepalivedStatement], file: String) throws(KeepalivedFault) {
    for statement in statements where statement.keyword.text == "virtual_server_group" {
      guard let name = statement.value?.text, let block = statement.block else { continue }
      groups[name] = block
    }
    var servers: [VirtualServer] = []
    var isKeepalived = false
    for statement in statements {
      switch statement.keyword.text {
      case "virtual_server":
        isKeepalived = true
        if let server = readVirtualServer(statement) { servers.append(server) }
      case "virtual_server_group": isKeepalived = true
      case "global_defs":
        isKeepalived = true
        readGlobals(statement)
      case "vrrp_instance":
        isKeepalived = true
        readInstance(statement)
      default:
        isKeepalived = isKeepalived || Meanings.ofFiles[statement.keyword.text] != nil
        tellOther(statement, Meanings.ofFiles)
      }
    }
    guard !servers.isEmpty else {
      throw KeepalivedFault(
        isKeepalived ? "no virtual_server that could be converted" : "this is not a keepalived.conf",
        at: statements.first?.place ?? KeepalivedPlace(file: file, line: 1, column: 1),
        expected: "at least one virtual_server: VRRP alone has nothing that a flow switch would do")
    }
    // All of them before the first is planned: no member may have an address of a cluster.
    var all: [[Target]] = []
    var count = 0
    for server in servers {
      let targets = targets(of: server)
      count += max(1, targets.count)
      guard count <= ConversionPlan.maximumClusters else {
        throw KeepalivedFault(
          "more than \(ConversionPlan.maximumClusters) virtual addresses", at: server.statement.place,
          expected: "fewer virtual servers")
      }
      virtualAddresses.formUnion(targets.map(\.address))
      all.append(targets)
    }
    for (server, targets) in zip(servers, all) { try plan(server, at: targets) }
  }

  /// An address of a virtual server, and its ports; 0: every port.
  typealias Target = (address: IPAddress, ports: [UInt16])

  /// The addresses of a virtual server, each with its ports.
  private mutating func targets(of server: VirtualServer) -> [Target] {
    switch server.target {
    case .address(let address, let port): return [(address, [port])]
    case .mark: return []
    case .group(let name):
      guard let lines = groups[name] else {
        find(.notConverted, server.statement, "no virtual_server_group of that name has a block")
        return []
      }
      var order: [IPAddress] = []
      var ports: [IPAddress: [UInt16]] = [:]
      for line in lines where order.count <= ConversionPlan.maximumClusters {
        for (address, port) in range(line) {
          if ports[address] == nil { order.append(address) }
          if ports[address]?.contains(port) != true { ports[address, default: []].append(port) }
        }
      }
      return order.map { ($0, ports[$0] ?? []) }
    }
  }

  /// `ADDRESS PORT`, `10.0.0.1-9 PORT`, `10.0.0.1-10.0.0.9 PORT`, `10.0.0.8/29 PORT` of a group.
  private mutating func range(_ line: KeepalivedStatement) -> [(IPAddress, UInt16)] {
    if line.keyword.text == "fwmark" {
      find(
        .notConverted, line, "the addresses of a firewall mark are not in this file: add a cluster for each")
      return []
    }
    guard line.arguments.count <= 1, let port = line.value.map(\.port) ?? 0 else {
      find(.notConverted, line, "an address and a port are expected")
      return []
    }
    let text = line.keyword.text
    if text.contains("/") {
      guard let prefix = IPPrefix(text), prefix.address.bitWidth - prefix.length <= 8 else {
        find(.notConverted, line, "a range of at most \(ConversionPlan.maximumRange) addresses is expected")
        return []
      }
      let count = 1 << (prefix.address.bitWidth - prefix.length)
      return hosts(prefix.network.address, count, line).map { ($0, port) }
    }
    let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let first = parts.first.flatMap({ IPAddress($0) }) else {
      find(.notConverted, line, "an address and a port are expected")
      return []
    }
    guard parts.count == 2 else { return hosts(first, 1, line).map { ($0, port) } }
    let last = IPAddress(parts[1]) ?? first.replacingLast(parts[1])
    guard let last, last.isIPv6 == first.isIPv6, last.number >= first.number,
      last.number - first.number < UInt128(ConversionPlan.maximumRange)
    else {
      find(.notConverted, line, "a range of at most \(ConversionPlan.maximumRange) addresses is expected")
      return []
    }
    return hosts(first, Int(last.number - first.number) + 1, line).map { ($0, port) }
  }

  private mutating func hosts(_ first: IPAddress, _ count: Int, _ line: KeepalivedStatement) -> [IPAddress] {
    var result: [IPAddress] = []
    for offset in 0..<count {
      let (number, overflow) = first.number.addingReportingOverflow(UInt128(offset))
      guard !overflow, let address = IPAddress(number: number, isIPv6: first.isIPv6) else { break }
      if let reason = address.reasonNotAHost {
        find(.notConverted, line, "\(address) is \(reason)")
      } else {
        result.append(address)
      }
    }
    return result
  }

  private mutating func readGlobals(_ statement: KeepalivedStatement) {
    for line in statement.block ?? [] {
      switch line.keyword.text {
      case "router_id", "lvs_id":
        guard options.name == nil else { continue }
        guard let name = line.value.flatMap({ NameText.fit($0.text) }) else {
          find(.notConverted, line, "no name for a switch; it is \(switchName)")
          continue
        }
        switchName = name
        find(.converted, line, "the switch is called \(name)")
      case let key where key.hasPrefix("vrrp_"):
        find(.notConverted, line, "there is no VRRP")
      case let key where key.hasPrefix("notification_") || key.hasPrefix("smtp_"):
        find(.notConverted, line, "no mail is sent: alerts come from the metrics, or by switch.hook")
      case let key where key.hasPrefix("lvs_"):
        find(.notConverted, line, "there is no IPVS: flows need no table in steady state")
      default: find(.notConverted, line, "nothing of the kind is needed")
      }
    }
  }

  private mutating func readInstance(_ statement: KeepalivedStatement) {
    find(
      .notConverted, statement,
      "there is no master and no backup: the switch answers ARP and ND for its clusters by itself")
    for line in statement.block ?? []
    where ["virtual_ipaddress", "virtual_ipaddress_excluded"].contains(line.keyword.text) {
      for address in line.block ?? [] {
        let text = address.keyword.text
        guard notes.count < 200 else { return }
        notes.append(
          "VRRP \(shownText(statement.value?.text ?? "", limit: 40)): \(shownText(text, limit: 60)) (line \(address.place.line))"
        )
      }
    }
  }
}

/// Texts of the file as names of the switch's, of clusters and of members.
enum NameText {
  /// 1 to 63 letters, digits and `. _ -`, a letter or digit first; nil if that cannot be made of it.
  static func fit(_ text: String) -> String? {
    let bytes = text.utf8.map { byte -> UInt8 in
      byte.isNameByte || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") ? byte : UInt8(ascii: "-")
    }
    let name = bytes.drop { !$0.isNameByte || $0 == UInt8(ascii: "_") }.prefix(56)
    return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
  }
}

extension IPAddress {
  /// keepalived's `10.0.0.1-9`: the last part, decimal in IPv4 and hexadecimal in IPv6.
  fileprivate func replacingLast(_ text: String) -> IPAddress? {
    if isIPv6 {
      guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ $0.hexValue != nil }),
        let word = UInt16(text, radix: 16)
      else { return nil }
      return IPAddress(number: number & ~0xffff | UInt128(word), isIPv6: true)
    }
    guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
      let byte = UInt8(text)
    else { return nil }
    return IPAddress(number: number & ~0xff | UInt128(byte), isIPv6: false)
  }

  fileprivate var number: UInt128 { bytes.reduce(0) { $0 << 8 | UInt128($1) } }

  /// Nil for a number that is no IPv4 address.
  fileprivate init?(number: UInt128, isIPv6: Bool) {
    let count = isIPv6 ? 16 : 4
    guard isIPv6 || number >> 32 == 0 else { return nil }
    self.init(bytes: (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) })
  }
}
