import Logging
import ProxyARP
import CTables
import Datapath
import LinuxPlatform
import SwitchModel
import Wire

// Ports: interfaces that are prepared, switched on, and may go and come back.
extension SwitchControl {
  var clusterMACs: Int { numbers.clusterCount }

  func fillOwnPort() {
    tables.setVirtualMACs(first: configuration.virtualMAC, count: clusterMACs, hashSeed: hashSeed)
    tables.setPort(
      NumberAllocator.ownPort, flags: FS_PORT_UP | FS_PORT_OWN, maxFrame: own.port.mtu + 18,
      ifindex: Int(own.port.index))
    enterOwnStation()
  }

  /// The switch's MAC on every VLAN where it asks, so that answers to it are not flooded.
  func enterOwnStation() {
    for vlan in ownVLANs {
      tables.enterStation(SwitchControl.ownMAC(configuration), vlan: vlan, port: NumberAllocator.ownPort)
    }
  }

  /// Ports of an earlier run that are none now: switched off, their interfaces put back. `links`: the interface indexes of
  /// those that are.
  func releaseFormerPorts(_ links: [Int: Int]) {
    if let xdp = datapath as? XDPDatapath {
      xdp.detachOthers(
        than: links.merging([NumberAllocator.ownPort: Int(own.port.index)]) { first, _ in first })
    }
    let used = Set(portTable.map(\.index) + [NumberAllocator.ownPort])
    let unused = Set((0..<Int(FS_PORTS)).filter { !used.contains($0) })
    for index in unused { tables.clearPort(index) }
    tables.ageStations(limit: 254, gone: unused)
    for (name, former) in state.portStates where !portTable.contains(where: { $0.name == name }) {
      if !restore(former) { continue }
      state.portStates[name] = nil
      log.info("\(name) is no port any more; it is as it was found")
    }
  }

  func openOwnReader() {
    let gate = puntGate
    do {
      let loop = try holdings?.puntLoop ?? PuntLoop()
      holdings?.puntLoop = nil
      puntLoop = loop
      if let reader = holdings?.ownReader, holdings?.ownInterface == own.host.index {
        holdings?.ownReader = nil
        ownReader = reader
        return
      }
      ownReader = try PuntReader(interface: own.host.name, loop: loop) {
        gate.send($0, from: NumberAllocator.ownPort)
      }
    } catch {
      log.error("\(error)")
    }
  }

  /// What the program gives to control itself, at tc ingress. The host's own questions are read on its own interface.
  func openPunts() throws(DatapathError) {
    guard datapath.kind == .tc, let kernel = datapath as? XDPDatapath else { return }
    if let ring = holdings?.puntRing, kernel.isProgramOfFormer {
      holdings?.puntRing = nil
      puntRing = ring
      return
    }
    let gate = puntGate
    puntRing = try kernel.openPunts { port, frame in
      if port != NumberAllocator.ownPort { gate.send(frame, from: port) }
    }
  }

  /// Ports that the switch before this one had, and that are as it left them, go on with what it had open.
  func takeOverPorts(_ links: [Int: Link]) {
    for position in portTable.indices {
      let port = portTable[position]
      guard let link = links[port.index], let held = holdings?.ports[port.name], held.interface == link.index
      else { continue }
      portTable[position].injector = held.injector
      if holdings?.kind == datapath.kind, let state = held.state,
        link.flags.contains([.up, .promiscuous, .noARP])
      {
        portTable[position].state = state
        portTable[position].speedMegabits = held.speedMegabits
        portTable[position].isSetUp = true
      }
      if held.index == port.index, holdings?.kind == datapath.kind, let reader = held.puntReader {
        portTable[position].puntReader = reader
        holdings?.ports[port.name]?.puntReader = nil
      }
    }
  }

  /// How the interfaces that are there will be put back, so that one saving is enough for all ports.
  /// - Returns: positions of those that are known now.
  func planPorts() -> Set<Int> {
    var planned: Set<Int> = []
    for position in portTable.indices {
      if portTable[position].isSetUp {
        planned.insert(position)
        continue
      }
      let name = portTable[position].name
      let mode = PortMode(rawValue: datapath.kind.rawValue) ?? .pcap
      guard let plan = try? portSetup.plan(name, mode: mode, previous: state.portStates[name]) else {
        continue
      }
      portTable[position].state = plan
      planned.insert(position)
    }
    return planned
  }

  /// Puts an interface into the switch, if it is there. What goes wrong is said once, and tried again later.
  func attachPort(_ position: Int) {
    if preparePort(position) { switchOn(position) }
  }

  /// Makes an interface fit to be a port.
  /// - Parameters:
  ///   - isPlanned: how it will be put back is saved already.
  ///   - current: the interface, as it was a moment ago.
  func preparePort(_ position: Int, isPlanned: Bool = false, _ current: Link? = nil) -> Bool {
    let name = portTable[position].name
    if let current, portTable[position].isSetUp {
      portTable[position].link = current
      portTable[position].isAttached = true
      return true
    }
    do {
      let session = try NetlinkSession()
      guard let link = try session.link(named: name) else {
        portTable[position].link = nil
        complain(position, "port \(name): there is no such interface; it is taken when it comes")
        return false
      }
      let mode = PortMode(rawValue: datapath.kind.rawValue) ?? .pcap
      if portTable[position].lock == nil { portTable[position].lock = try PortClaim(index: link.index) }
      // Saved before anything is changed, so that a daemon that dies in between can still put it back.
      if !isPlanned {
        let earlier = portTable[position].state ?? state.portStates[name]
        portTable[position].state = try portSetup.plan(name, mode: mode, previous: earlier)
        saveState()
      }
      if let planned = portTable[position].state {
        let applied = try portSetup.apply(planned)
        portTable[position].state = applied
        if !applied.stuckOffloads.isEmpty {
          log.warning("port \(name): offloads that can't be turned off: \(applied.stuckOffloads)")
        }
      }
      portTable[position].link = try session.link(named: name) ?? link
      portTable[position].speedMegabits = try? Ethtool().hardware(of: name).speedMegabits
      portTable[position].isAttached = true
      return true
    } catch {
      releasePort(position)
      complain(position, "port \(name): \(error)")
      return false
    }
  }

  /// The datapath switches on a prepared port.
  func switchOn(_ position: Int) {
    let name = portTable[position].name
    do {
      fillPort(position)
      let index = portTable[position].index
      let interface = Int(portTable[position].link?.index ?? 0)
      try datapath.attach(port: index, interface: name, ifindex: interface)
      if portTable[position].injector == nil {
        portTable[position].injector = try FrameInjector(interface: name)
      }
      if datapath.kind == .xdp || datapath.kind == .xdpGeneric, portTable[position].puntReader == nil,
        let loop = puntLoop
      {
        let gate = puntGate
        portTable[position].puntReader = try PuntReader(interface: name, loop: loop) {
          gate.send($0, from: index)
        }
      }
      portTable[position].trouble = nil
      portTable[position].damper = LinkDamper(isUp: portTable[position].link?.isOperational == true)
      log.info(
        "port \(name) (\(portTable[position].configuration.role.rawValue)) is \(portTable[position].linkState)"
      )
    } catch {
      releasePort(position)
      complain(position, "port \(name): \(error)")
    }
  }

  private func complain(_ position: Int, _ text: String) {
    if portTable[position].trouble != text { log.error("\(text)") }
    portTable[position].trouble = text
  }

  /// Takes a port out of the switch; its interface is put back if it is still there.
  func releasePort(_ position: Int) {
    portTable[position].isAttached = false
    portTable[position].isSetUp = false
    fillPort(position)
    datapath.detach(port: portTable[position].index)
    portTable[position].puntReader?.stop()
    portTable[position].puntReader = nil
    portTable[position].injector = nil
    portTable[position].lock = nil
    if let state = portTable[position].state {
      if let result = try? portSetup.restore(state), result.isComplete {
        portTable[position].state = nil
        self.state.portStates[portTable[position].name] = nil
      }
    }
    tables.ageStations(limit: 254, gone: [portTable[position].index])
  }

  /// Writes what the datapath needs to know of a port.
  func fillPort(_ position: Int) {
    let port = portTable[position]
    let flags =
      (port.isUp ? FS_PORT_UP : 0) | (port.hasMembers ? FS_PORT_MEMBERS : 0)
      | (port.hasServers ? FS_PORT_SERVERS : 0)
    // As the kernel's limit for redirected frames: MTU, Ethernet header, and a tag.
    tables.setPort(
      port.index, flags: flags, maxFrame: (port.link?.mtu ?? 1500) + 18, ifindex: Int(port.link?.index ?? 0))
  }

  func handle(_ event: SwitchEvent) {
    if isStopped { return }
    switch event {
    case .frame(let port, let bytes): received(bytes, on: port)
    case .link(let event): linkChanged(event)
    case .probe(let report): probed(report)
    case .neighbourProbe(let request): ask(request)
    case .portFailed(let index, let error):
      guard let position = portPosition(index), portTable[position].isAttached else { return }
      log.error("port \(portTable[position].name): \(error)")
      releasePort(position)
      portTable[position].link = nil
      membersChanged(onPort: index, up: false)
    }
  }

  private func linkChanged(_ event: LinkEvent) {
    switch event {
    case .appeared(let link):
      if let position = portTable.firstIndex(where: { $0.name == link.name }) {
        refreshPort(position, link)
      }
    case .vanished(let link):
      if let position = portTable.firstIndex(where: { $0.link?.index == link.index }) { lostPort(position) }
    case .renamed(let old, let link):
      if let position = portTable.firstIndex(where: { $0.name == old && $0.link?.index == link.index }) {
        log.warning("port \(old) was renamed to \(link.name): it is no port any more")
        lostPort(position)
      }
      if let position = portTable.firstIndex(where: { $0.name == link.name }) { refreshPort(position, link) }
    case .changed(_, let link):
      if let position = portTable.firstIndex(where: { $0.link?.index == link.index }) {
        refreshPort(position, link)
      }
    }
  }

  private func lostPort(_ position: Int) {
    record(.linkDown, portTable[position].name, cause: "its interface is gone")
    releasePort(position)
    portTable[position].link = nil
    membersChanged(onPort: portTable[position].index, up: false)
  }

  private func refreshPort(_ position: Int, _ link: Link) {
    let wasUp = portTable[position].isUp
    if let known = portTable[position].link, known.index != link.index { lostPort(position) }
    if !portTable[position].isAttached {
      attachPort(position)
    } else {
      portTable[position].link = link
      let wasHeld = portTable[position].damper.isHeld
      portTable[position].damper.report(isUp: link.isOperational, at: time.now)
      if portTable[position].damper.isHeld && !wasHeld {
        log.debug(
          "port \(portTable[position].name): its link flaps; it counts when it has been up for a second")
      }
      fillPort(position)
    }
    follow(position, wasUp: wasUp)
  }

  /// Links that were held back and have been up for long enough.
  func releaseLinks() {
    for position in portTable.indices where portTable[position].damper.release(at: time.now) {
      fillPort(position)
      follow(position, wasUp: false)
    }
  }

  private func follow(_ position: Int, wasUp: Bool) {
    let isUp = portTable[position].isUp
    if wasUp == isUp { return }
    record(
      isUp ? .linkUp : .linkDown, portTable[position].name,
      cause: "its link is \(portTable[position].linkState)")
    portTable[position].speedMegabits = try? Ethtool().hardware(of: portTable[position].name).speedMegabits
    if !isUp { tables.ageStations(limit: 254, gone: [portTable[position].index]) }
    membersChanged(onPort: portTable[position].index, up: isUp)
    if isUp { announce(onPorts: [portTable[position].index]) }
  }

  /// Interfaces that could not be taken are tried again now and then.
  func retryPorts() {
    for position in portTable.indices
    where !portTable[position].isAttached && portTable[position].trouble != nil {
      let wasUp = portTable[position].isUp
      attachPort(position)
      if portTable[position].isUp && !wasUp { membersChanged(onPort: portTable[position].index, up: true) }
    }
  }
}
