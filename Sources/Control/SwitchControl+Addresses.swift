import Datapath
import HealthProbe
import LinuxPlatform
import Logging
import ProxyARP
import SwitchModel
import Wire

// Addresses: members' and neighbours' MACs, questions, conflicts, announcements.
extension SwitchControl {
  func configureResolver() {
    var list: [ResolvableMember] = []
    var known: [UInt32: MACAddress] = [:]
    for cluster in clusterTable {
      for member in cluster.members {
        let method: ResolvableMember.Method =
          switch member.configuration.location {
          case .clusterAddress: .sharedAddress
          case .ownAddress(let address): .ownAddress(address)
          case .mac(let mac): .configured(mac)
          }
        // A router's address is its own.
        let shared = cluster.router(of: member)?.address ?? cluster.configuration.address.address
        list.append(
          ResolvableMember(
            member: UInt32(member.index), port: member.port, vlan: member.configuration.vlan,
            shared: shared, method: method, cluster: cluster.index))
        if case .mac = member.configuration.location { continue }
        if let mac = member.mac { known[UInt32(member.index)] = mac }
      }
    }
    let now = time.now
    for port in portTable where !port.isUp {
      perform(resolver.linkChanged(port: port.index, up: false, now: now))
    }
    adoptNeighbours(now)
    perform(resolver.configure(list, now: now))
    perform(resolver.adopt(known, now: now))
    review(Set(clusterTable.indices))
  }

  /// X7: what members were told of their routers goes on being told.
  private func adoptNeighbours(_ now: Duration) {
    let records = tables.answers.filter { !$0.isVirtual && $0.pool == nil }.map {
      NeighbourRecord(vlan: $0.vlan, address: $0.address, mac: $0.mac, isRouter: $0.isRouter)
    }
    let kept = records.filter { virtualMAC(of: $0.address, vlan: $0.vlan) == nil }
    for record in records where !kept.contains(record) {
      tables.removeAnswer(record.address, vlan: record.vlan)
    }
    neighbours.adopt(kept, now: now)
  }

  /// A frame that the datapath gave up, or one that came to the switch's own interface.
  func received(_ bytes: [UInt8], on port: Int) {
    guard let message = try? AddressMessage(parsing: bytes) else { return }
    let now = time.now
    perform(finder.received(message, now: now))
    var from = port
    if port == NumberAllocator.ownPort {
      // It came through the datapath, which learned where its sender is. Its own questions come back here, too.
      if message.source == SwitchControl.ownMAC(configuration) { return }
      if neighbours.identity.isVirtual(message.source) { return }
      from = tables.port(ofStation: message.source, vlan: message.vlan) ?? port
    }
    if let question = message.question {
      if let virtual = virtualMAC(of: question.target, vlan: question.vlan) {
        answerVirtual(question, virtual, on: port)
      } else if let pool = pool(of: question.target, vlan: question.vlan), isServers(port) {
        answerServer(question, pool, on: port)
      } else if port != NumberAllocator.ownPort {
        perform(neighbours.question(question, on: port, now: now))
      }
    }
    probeRunner?.received(message, on: from)
    passOn(message, bytes, from: from)
    perform(resolver.received(message, on: from, now: now))
    perform(neighbours.received(message, on: from, now: now))
  }

  /// The MAC that is answered for an address, if it is a cluster's.
  private func virtualMAC(of address: IPAddress, vlan: VLANID) -> MACAddress? {
    if let mac = virtualMACs[NeighbourKey(vlan: vlan, address: address)] { return mac }
    let position = subnetClusters.first { position in
      let cluster = clusterTable[position]
      return cluster.configuration.address.contains(address)
        && (cluster.configuration.vlan == vlan || cluster.members.contains { $0.configuration.vlan == vlan })
    }
    return position.map { clusterTable[$0].virtualMAC }
  }

  /// What the datapath leaves to control: detection of duplicates by others than members, and solicitations that have
  /// no room for the answer.
  private func answerVirtual(_ question: AddressQuestion, _ mac: MACAddress, on port: Int) {
    guard let position = portPosition(port), question.target.isIPv6 else { return }
    let virtual = VirtualAddress(vlan: question.vlan, address: question.target, mac: mac)
    if question.askerIP.isUnspecified {
      if !portTable[position].hasMembers { portTable[position].injector?.send(virtual.announcement) }
    } else if question.askerIP != question.target {
      let answer = NeighbourMessage.answer(
        question.target, at: mac, isRouter: false, vlan: question.vlan, to: question.askerMAC,
        question.askerIP)
      portTable[position].injector?.send(answer.frame)
    }
  }

  // MARK: Carrying out what the machines say

  func perform(_ actions: [ResolverAction]) {
    var concerned: Set<Int> = []
    for action in actions {
      switch action {
      case .send(let port, let frame): send(frame, .only(port))
      case .resolved(let member, let mac): concerned.formUnion(memberFound(member, mac, nil))
      case .changed(let member, let old, let new): concerned.formUnion(memberFound(member, new, old))
      case .lost(let member, let mac): concerned.formUnion(memberLost(member, mac))
      case .conflict(let conflict):
        record(
          .conflict, conflictSubject(conflict), cause: describe(conflict), effect: "what was known stays")
      }
    }
    // Once a cluster, however many of its members were heard of.
    review(concerned)
  }

  func perform(_ actions: [NeighbourAction]) {
    for action in actions {
      switch action {
      case .answer(let port, let frame): send(frame, .only(port))
      case .ask(let scope, let frame): send(frame, scope)
      case .install(let record):
        let entry = AnswerEntry(
          address: record.address, vlan: record.vlan, mac: record.mac, isVirtual: false,
          isRouter: record.isRouter)
        if !tables.setAnswer(entry) { log.debug("no room in the answers for \(record.address)") }
      case .remove(let key): tables.removeAnswer(key.address, vlan: key.vlan)
      }
    }
  }

  private func send(_ frame: [UInt8], _ scope: PortScope) {
    // Thousands of addresses are announced at a start, on each port by itself.
    if case .only(let index) = scope {
      if let position = portPosition(index), portTable[position].isUp {
        portTable[position].injector?.send(frame)
      }
      return
    }
    for port in portTable where port.isUp {
      switch scope {
      case .allBut(let index) where index == port.index: continue
      default: port.injector?.send(frame)
      }
    }
  }

  private func locate(_ member: UInt32) -> MemberPlace? { memberPlaces[Int(member)] }

  /// The cluster whose buckets may move.
  private func memberFound(_ number: UInt32, _ mac: MACAddress, _ old: MACAddress?) -> [Int] {
    guard let at = locate(number) else { return [] }
    let member = clusterTable[at.cluster].members[at.member]
    let isNews = member.mac != mac || !member.answers
    clusterTable[at.cluster].members[at.member].mac = mac
    clusterTable[at.cluster].members[at.member].answers = true
    tables.setMemberLink(member.index, MemberLink(mac: mac, port: member.port))
    if isNews {
      clusterTable[at.cluster].members[at.member].lastChange = time.wall.description
      let change = old.map { " (was \($0))" } ?? ""
      log.info("member \(member.key) is \(mac)\(change) on \(portName(member.port))")
      if old != nil {
        record(.memberChanged, member.key, cause: "its MAC is \(mac) now\(change)", effect: "frames go there")
      }
    }
    if member.mac != mac { newMACs = true }
    return [at.cluster]
  }

  /// H12: nothing answers for the member any more; its flows have nobody to go to.
  private func memberLost(_ number: UInt32, _ mac: MACAddress) -> [Int] {
    guard let at = locate(number) else { return [] }
    clusterTable[at.cluster].members[at.member].answers = false
    clusterTable[at.cluster].members[at.member].lastChange = time.wall.description
    log.info("member \(clusterTable[at.cluster].members[at.member].key) (\(mac)) does not answer any more")
    return [at.cluster]
  }

  private func conflictSubject(_ conflict: MemberConflict) -> String {
    let number: UInt32
    switch conflict {
    case .twoMACs(let member, _, _), .notConfigured(let member, _, _), .refused(let member, _, _),
      .answersOthers(let member, _, _, _), .silent(let member, _):
      number = member
    case .wrongPort(_, _, let port, _, _): return portName(port)
    }
    guard let place = locate(number) else { return "?" }
    return clusterTable[place.cluster].members[place.member].key
  }

  private func describe(_ conflict: MemberConflict) -> String {
    func key(_ member: UInt32) -> String {
      locate(member).map { clusterTable[$0.cluster].members[$0.member].key } ?? "?"
    }
    switch conflict {
    case .twoMACs(let member, let first, let second):
      return "member \(key(member)): \(first) and \(second) both answer for its address; \(first) stays"
    case .notConfigured(let member, let configured, let claimed):
      return "member \(key(member)): \(claimed) answers for its address, \(configured) is configured"
    case .wrongPort(let address, _, let port, let mac, let member):
      let whose = member.map { ", the MAC of \(key($0))" } ?? ""
      return
        "\(mac)\(whose) claims \(address) on \(portName(port)), where no member has it: kept from everybody"
    case .answersOthers(let member, let address, let mac, let asker):
      return "member \(key(member)) (\(mac)) answers for \(address) toward \(asker): kept from everybody"
    case .silent(let member, let address):
      return "member \(key(member)) does not answer for \(address): does it carry the address?"
    case .refused(let member, let mac, let reason):
      return "member \(key(member)): its answer \(mac) is not believed (\(reason.rawValue))"
    }
  }

  // MARK: Announcements

  private var virtualAddresses: [VirtualAddress] {
    var seen: Set<VirtualAddress> = []
    return clusterTable.compactMap { cluster in
      guard cluster.pool == nil, cluster.configuration.address.isSingleAddress else { return nil }
      let address = VirtualAddress(
        vlan: cluster.configuration.vlan, address: cluster.configuration.address.address,
        mac: cluster.virtualMAC)
      return seen.insert(address).inserted ? address : nil
    }
  }

  /// Everybody but the members hears what the clusters' MACs are.
  func announce(onPorts indexes: [Int]) {
    let open = portTable.filter { indexes.contains($0.index) && isAnnounced($0) }.map(\.index)
    if open.isEmpty { return }
    for frame in announcer.announce(virtualAddresses, ports: open, now: time.now) {
      send(frame.frame, .only(frame.port))
    }
  }

  /// At a start. Where another switch of this process has announced, only what it has not: to say again of ten thousand
  /// clusters what everybody knows takes half a minute.
  func announceAll(after former: Announced?) {
    guard let former else { return announce(onPorts: portTable.map(\.index)) }
    let addresses = virtualAddresses
    let known = portTable.filter { former.ports.contains($0.name) && isAnnounced($0) }.map(\.index)
    announcer = former.announcer
    announcer.keep(only: Set(addresses), ports: Set(known))
    let fresh = addresses.filter { !former.addresses.contains($0) }
    for frame in announcer.announce(fresh, ports: known, now: time.now) {
      send(frame.frame, .only(frame.port))
    }
    announce(onPorts: portTable.map(\.index).filter { !known.contains($0) })
  }

  /// What this switch has announced, and is still to.
  var announced: Announced {
    Announced(
      announcer: announcer, addresses: Set(virtualAddresses),
      ports: Set(portTable.filter(isAnnounced).map(\.name)))
  }

  private func isAnnounced(_ port: PortRuntime) -> Bool {
    !port.hasMembers && port.isUp && port.index != NumberAllocator.ownPort
  }

  func tickAddresses() {
    let now = time.now
    perform(resolver.tick(now))
    perform(neighbours.tick(now))
    // At a start a thousand members are found within seconds: their probes are not configured a thousand times.
    if newMACs {
      newMACs = false
      configureProbes()
    }
    for frame in announcer.tick(now) { send(frame.frame, .only(frame.port)) }
  }
}
