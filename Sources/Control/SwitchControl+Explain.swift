import Balancing
import Datapath
import Forwarding
import ProxyARP
public import SwitchModel
import Wire

// `explain`: a packet that is not there runs over copies of the tables, and every lookup is put into words.
extension SwitchControl {
  public func explain(_ question: ExplainQuestion) throws(OperationError) -> Explanation {
    guard let from = IPAddress(question.source), let to = IPAddress(question.destination) else {
      throw OperationError(.invalid, "\(question.source) or \(question.destination) is not an IP address")
    }
    if from.isIPv6 != to.isIPv6 { throw OperationError(.invalid, "\(from) and \(to) are of two families") }
    guard (0..<4095).contains(question.vlan) else {
      throw OperationError(.invalid, "\(question.vlan) is no VLAN")
    }
    let vlan = VLANID(raw: UInt16(question.vlan))
    guard let number = protocolNumber(question.protocol) else {
      throw OperationError(.invalid, "there is no protocol \(question.protocol)")
    }
    let way = try way(question, from, to, vlan)
    let frame = ExplainFrame(
      destination: way.mac, source: way.source, vlan: vlan, from: from, to: to, protocolNumber: number,
      fromPort: question.source_port ?? 0, toPort: question.destination_port ?? 0, begins: question.begins)
    var bytes = frame.bytes
    let (verdict, lookups) = tables.explain(frame: &bytes, port: way.port)
    return explanation(way, verdict, lookups, bytes)
  }

  private func protocolNumber(_ text: String) -> UInt8? {
    UInt8(text) ?? SwitchModel.IPProtocol.number(named: text.lowercased())
  }

  // MARK: The way to the switch

  private struct Way {
    var direction: String
    /// Number of the port it comes in on.
    var port: Int
    var source: MACAddress
    /// Destination MAC, and why it is that one.
    var mac: MACAddress
    var why: String
  }

  private func way(
    _ question: ExplainQuestion, _ from: IPAddress, _ to: IPAddress, _ vlan: VLANID
  ) throws(OperationError) -> Way {
    var port: Int?
    if let name = question.port {
      guard let position = portTable.firstIndex(where: { $0.name == name }) else {
        throw OperationError(.notFound, "there is no port \(name)")
      }
      port = portTable[position].index
    }
    let served = clusterTable.filter { $0.pool == nil }
    if let cluster = served.first(where: {
      $0.configuration.address.contains(to) && $0.configuration.vlan == vlan
    }) {
      let ingress = port ?? portTable.first { !$0.hasServers }?.index ?? portTable.first?.index ?? 0
      return Way(
        direction: "inbound", port: ingress, source: station(onPort: ingress, vlan), mac: cluster.virtualMAC,
        why: "\(to) is cluster \(cluster.name)'s: a router that asked for it has its virtual MAC")
    }
    let sender = served.lazy.flatMap(\.members).first { member in
      port == nil || member.port == port
    }
    let isServer =
      served.contains { $0.configuration.address.contains(from) }
      || served.contains { $0.members.contains { $0.configuration.location == .ownAddress(from) } }
    if isServer, let sender {
      let source = sender.mac ?? station(onPort: sender.port, vlan)
      let (mac, why) = nextHop(of: source, to, vlan)
      return Way(direction: "outbound", port: sender.port, source: source, mac: mac, why: why)
    }
    let ingress = port ?? portTable.first { !$0.hasServers }?.index ?? 0
    let known = neighbours.neighbours.first { $0.key.address == to && $0.key.vlan == vlan }?.mac
    return Way(
      direction: "other", port: ingress, source: station(onPort: ingress, vlan),
      mac: known ?? MACAddress(number: 0x0200_0000_0001),
      why: known == nil ? "nobody is known to have \(to): a MAC that no station has" : "\(to) is at this MAC")
  }

  /// Somebody who was heard on the port, or anybody.
  private func station(onPort port: Int, _ vlan: VLANID) -> MACAddress {
    tables.stations.first { $0.port == port && $0.vlan == vlan }?.mac ?? MACAddress(number: 0x0200_0000_0002)
  }

  /// Where a server sends what leaves its subnet.
  private func nextHop(of server: MACAddress, _ to: IPAddress, _ vlan: VLANID) -> (MACAddress, String) {
    for cluster in clusterTable {
      guard let pool = cluster.pool, pool.isIPv6 == to.isIPv6, pool.vlan == vlan else { continue }
      if pool.balance == .perFlow {
        return (cluster.virtualMAC, "pool \(cluster.name) spreads flows: servers have its virtual MAC")
      }
      let bucket = bucket(of: server, in: cluster)
      let owner = cluster.machine[bucket]?.current.map { Int($0.raw) }
      if let router = cluster.members.first(where: { $0.index == owner }), let mac = router.mac {
        return (
          mac, "\(router.key) has bucket \(bucket), which is \(server)'s: the server is answered its MAC"
        )
      }
    }
    if let known = neighbours.neighbours.first(where: { $0.key.address == to && $0.key.vlan == vlan })?.mac {
      return (known, "\(to) is at this MAC")
    }
    let routers = Set(portTable.filter { $0.configuration.role == .router }.map(\.index))
    if let router = tables.stations.first(where: { routers.contains($0.port) && $0.vlan == vlan }) {
      return (router.mac, "a station on router port \(portName(router.port)), as the server's next hop")
    }
    return (MACAddress(number: 0x0200_0000_0001), "no router is known: a MAC that no station has")
  }

  // MARK: In words

  private func explanation(
    _ way: Way, _ verdict: Verdict, _ lookups: [ExplainLookup], _ bytes: [UInt8]
  ) -> Explanation {
    var steps = [ExplainStep(table: "arp", text: "destination \(way.mac): \(way.why)")]
    steps += lookups.compactMap(step)
    let mac = MACAddress(number: bytes.prefix(6).reduce(0) { $0 << 8 | UInt64($1) })
    var result = Explanation(
      direction: way.direction, steps: steps, verdict: "drop", reason: nil, port: nil, destination_mac: nil,
      cluster: nil, member: nil)
    for lookup in lookups {
      if case .cluster(let index) = lookup { result.cluster = clusterTable.first { $0.index == index }?.name }
      if case .member(let index) = lookup, let place = memberPlaces[index] {
        result.member = clusterTable[place.cluster].members[place.member].configuration.name
      }
    }
    switch verdict {
    case .drop(let reason): result.reason = reason.name
    case .punt(let reason):
      result.verdict = "punt"
      result.reason = reason.name
    case .flood: result.verdict = "flood"
    case .reply:
      result.verdict = "reply"
      result.port = portName(way.port)
    case .forward(let port, _):
      result.verdict = "forward"
      result.port = portName(Int(port))
      result.destination_mac = mac.description
    }
    return result
  }

  private func step(_ lookup: ExplainLookup) -> ExplainStep? {
    switch lookup {
    case .port(let index):
      let port = portPosition(index).map { portTable[$0] }
      let kind = port.map { "\($0.configuration.role.rawValue), \($0.linkState)" } ?? "the switch's own"
      return ExplainStep(table: "port", text: "\(portName(index)): \(kind)")
    case .station(let set): return ExplainStep(table: "station", text: "set \(set)")
    case .cluster(let index):
      let cluster = clusterTable.first { $0.index == index }
      let kind = cluster?.pool == nil ? "cluster" : "router pool"
      return ExplainStep(table: "cluster", text: "number \(index): \(kind) \(cluster?.name ?? "unknown")")
    case .services(let set): return ExplainStep(table: "service", text: "set \(set): by protocol and port")
    case .bucket(let number, let word): return ExplainStep(table: "bucket", text: text(number, word))
    case .transit: return ExplainStep(table: "transit", text: "the bucket's previous path is taken")
    case .flow(let set): return ExplainStep(table: "flow", text: "set \(set): has the flow an entry?")
    case .source(let set):
      return ExplainStep(table: "source", text: "set \(set): does the source stick to a member?")
    case .fragment(let set): return ExplainStep(table: "fragment", text: "set \(set): is the datagram known?")
    case .member(let index):
      guard let place = memberPlaces[index] else {
        return ExplainStep(table: "member", text: "number \(index)")
      }
      let member = clusterTable[place.cluster].members[place.member]
      let state = obstacle(member)?.text ?? "it can serve"
      return ExplainStep(
        table: "member",
        text: "\(member.key): \(member.mac?.description ?? "no MAC") on \(portName(member.port)); \(state)")
    case .router(let number):
      let router = tables.router(number)
      let steer = [router?.steerIPv4, router?.steerIPv6].compactMap { $0 }.first
      let text =
        steer.map { index in
          "it cannot serve: pool \(clusterTable.first { $0.index == index }?.name ?? "?") takes its frames"
        } ?? "it takes its frames itself"
      return ExplainStep(table: "router", text: "number \(number): \(text)")
    case .answer, .subnet: return nil
    case .reason(let reason): return ExplainStep(table: "reason", text: reason.name)
    }
  }

  private func text(_ number: Int, _ word: BucketWord) -> String {
    guard
      let cluster = clusterTable.first(where: {
        ($0.firstBucket..<$0.firstBucket + $0.configuration.buckets).contains(number)
      })
    else { return "number \(number)" }
    let current = name(of: word.current, in: cluster) ?? "nobody"
    var text = "\(number - cluster.firstBucket) of \(cluster.configuration.buckets): \(current)"
    if word.isTransit {
      text += ", in transition from \(name(of: word.previous, in: cluster) ?? "?")"
      if word.withdrawn != 0 { text += " and \(name(of: word.withdrawn, in: cluster) ?? "?"), which was withdrawn" }
      if word.isObserving { text += " (observing)" }
    }
    return text
  }
}
