import SwitchModel
import Wire

extension ConversionPlan {
  /// Reads one virtual server; nil if it cannot be converted (told).
  mutating func readVirtualServer(_ statement: KeepalivedStatement) -> VirtualServer? {
    guard let block = statement.block else {
      find(.notConverted, statement, "it has no block")
      return nil
    }
    guard let target = readTarget(statement) else { return nil }
    var server = VirtualServer(statement: statement, target: target)
    for line in block { readLine(line, of: &server) }
    return server
  }

  private mutating func readTarget(_ statement: KeepalivedStatement) -> VirtualServer.Target? {
    let words = statement.arguments
    switch words.first?.text {
    case "fwmark" where words.count == 2: return .mark(words[1].text)
    case "group" where words.count == 2: return .group(words[1].text)
    default:
      guard let (address, port) = readEndpoint(words, statement) else { return nil }
      return .address(address, port: port)
    }
  }

  /// `ADDRESS [PORT]` of hosts, or a finding.
  mutating func readEndpoint(_ words: [KeepalivedWord], _ statement: KeepalivedStatement) -> (
    IPAddress, UInt16
  )? {
    guard (1...2).contains(words.count), let address = IPAddress(words[0].text) else {
      find(.notConverted, statement, "an IPv4 or IPv6 address and a port are expected")
      return nil
    }
    if let reason = address.reasonNotAHost {
      find(.notConverted, statement, "\(address) is \(reason)")
      return nil
    }
    guard words.count == 2 else { return (address, 0) }
    guard let port = words[1].port else {
      find(.notConverted, statement, "'\(shownText(words[1].text))' is not a port")
      return nil
    }
    return (address, port)
  }

  private mutating func readLine(_ line: KeepalivedStatement, of server: inout VirtualServer) {
    switch line.keyword.text {
    case "lb_algo", "lvs_sched":
      server.scheduler = line.value?.text ?? server.scheduler
      server.schedulerPlace = line.place
    case "lb_kind", "lvs_method":
      server.method = line.value?.text.uppercased() ?? server.method
      readMethod(line, server.method)
    case "protocol":
      let name = line.value?.text.lowercased() ?? ""
      if ["tcp", "udp", "sctp"].contains(name) {
        server.protocolName = name
      } else {
        find(.notConverted, line, "TCP, UDP or SCTP is expected; tcp stands")
      }
    case "persistence_timeout": server.stickySeconds = line.value?.number ?? 360
    case "virtualhost": server.virtualHost = line.value?.text
    case "snmp_name": server.name = line.value?.text
    case "weight": server.weight = line.value?.number
    case "inhibit_on_failure":
      server.inhibits = true
      find(.changed, line, Meanings.inhibit)
    case "flag-1", "flag-2", "flag-3", "sh-port", "mh-port", "sh-fallback", "mh-fallback":
      server.flags.insert(line.keyword.text)
    case "real_server": if let real = readRealServer(line) { server.realServers.append(real) }
    case "sorry_server":
      guard let (address, port) = readEndpoint(line.arguments, line) else { return }
      server.sorry = RealServer(statement: line, address: address, port: port)
    default:
      if server.times.read(line) { return }
      tellOther(line, Meanings.ofVirtualServers)
    }
  }

  private mutating func readRealServer(_ statement: KeepalivedStatement) -> RealServer? {
    guard let (address, port) = readEndpoint(statement.arguments, statement) else { return nil }
    var real = RealServer(statement: statement, address: address, port: port)
    for line in statement.block ?? [] {
      switch line.keyword.text {
      case "weight":
        real.weight = line.value?.number
        if real.weight == nil { find(.notConverted, line, "a whole number is expected") }
      case "virtualhost": real.virtualHost = line.value?.text
      case "snmp_name": real.name = line.value?.text
      case "inhibit_on_failure": find(.changed, line, Meanings.inhibit)
      case "lb_kind", "lvs_method": readMethod(line, line.value?.text.uppercased() ?? "")
      case let name where Meanings.checkers.contains(name): real.checkers.append(line)
      default:
        if real.times.read(line) { continue }
        tellOther(line, Meanings.ofRealServers)
      }
    }
    return real
  }

  private mutating func readMethod(_ line: KeepalivedStatement, _ method: String) {
    switch method {
    case "DR":
      find(.converted, line, "frames keep everything but the destination MAC, as with direct routing")
    case "NAT": find(.changed, line, Meanings.nat)
    case "TUN": find(.changed, line, Meanings.tunnel)
    default: find(.notConverted, line, "DR, NAT or TUN is expected")
    }
  }
}

extension CheckTimes {
  /// Whether the line is one of these.
  mutating func read(_ line: KeepalivedStatement) -> Bool {
    switch line.keyword.text {
    case "delay_loop": interval = line.value?.seconds
    case "connect_timeout", "misc_timeout": timeout = line.value?.seconds
    case "retry", "nb_get_retry": retries = line.value?.number
    case "delay_before_retry": retryDelay = line.value?.seconds
    default: return false
    }
    return true
  }
}
