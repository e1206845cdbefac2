import CTables
import Datapath
import LinuxPlatform
import SwitchModel
import Wire

// Ports: interfaces that are prepared, switched on, and may go and come back.
extension SwitchControl {
  var clusterMACs: Int { numbers.clusterCount }

  func fillOwnPort() {
    tables.setPort(
      NumberAllocator.ownPort, flags: FS_PORT_UP | FS_PORT_OWN, firstMAC: configuration.virtualMAC,
      clusters: clusterMACs, maxFrame: own.port.mtu + 18, ifindex: Int(own.port.index))
    tables.enterStation(
      SwitchControl.ownMAC(configuration), vlan: .untagged, port: NumberAllocator.ownPort)
  }

  func openOwnReader() {
    let input = eventInput
    do {
      ownReader = try PuntReader(interface: own.host.name) {
        input.yield(.frame(port: NumberAllocator.ownPort, $0))
      }
    } catch {
      log.error("\(error)")
    }
  }

  /// Puts an interface into the switch, if it is there. What goes wrong is said once, and tried again later.
  func attachPort(_ position: Int) {
    let name = ports[position].name
    do {
      let session = try NetlinkSession()
      guard let link = try session.link(named: name) else {
        ports[position].link = nil
        complain(position, "port \(name): there is no such interface; it is taken when it comes")
        return
      }
      let mode = PortMode(rawValue: datapath.kind.rawValue) ?? .pcap
      if ports[position].lock == nil { ports[position].lock = try PortClaim(index: link.index) }
      // Saved before anything is changed, so that a daemon that dies in between can still put it back.
      let earlier = ports[position].state ?? state.portStates[name]
      ports[position].state = try portSetup.plan(name, mode: mode, previous: earlier)
      saveState()
      if let planned = ports[position].state {
        let applied = try portSetup.apply(planned)
        ports[position].state = applied
        if !applied.stuckOffloads.isEmpty {
          log.warning("port \(name): offloads that can't be turned off: \(applied.stuckOffloads)")
        }
      }
      ports[position].link = try session.link(named: name) ?? link
      ports[position].speedMegabits = try? Ethtool().hardware(of: name).speedMegabits
      ports[position].isAttached = true
      fillPort(position)
      try datapath.attach(port: ports[position].index, interface: name, ifindex: Int(link.index))
      ports[position].injector = try FrameInjector(interface: name)
      if datapath.kind != .pcap {
        let index = ports[position].index
        let input = eventInput
        ports[position].puntReader = try PuntReader(interface: name) {
          input.yield(.frame(port: index, $0))
        }
      }
      ports[position].trouble = nil
      log.info("port \(name) (\(ports[position].configuration.role.rawValue)) is \(ports[position].linkState)")
    } catch {
      releasePort(position)
      complain(position, "port \(name): \(error)")
    }
  }

  private func complain(_ position: Int, _ text: String) {
    if ports[position].trouble != text { log.error("\(text)") }
    ports[position].trouble = text
  }

  /// Takes a port out of the switch; its interface is put back if it is still there.
  func releasePort(_ position: Int) {
    ports[position].isAttached = false
    fillPort(position)
    datapath.detach(port: ports[position].index)
    ports[position].puntReader?.stop()
    ports[position].puntReader = nil
    ports[position].injector = nil
    ports[position].lock = nil
    if let state = ports[position].state {
      if let result = try? portSetup.restore(state), result.isComplete {
        ports[position].state = nil
        self.state.portStates[ports[position].name] = nil
      }
    }
    tables.ageStations(limit: 254, gone: [ports[position].index])
  }

  /// Writes what the datapath needs to know of a port.
  func fillPort(_ position: Int) {
    let port = ports[position]
    let flags = (port.isUp ? FS_PORT_UP : 0) | (port.hasMembers ? FS_PORT_MEMBERS : 0)
    // As the kernel's limit for redirected frames: MTU, Ethernet header, and a tag.
    tables.setPort(
      port.index, flags: flags, firstMAC: configuration.virtualMAC, clusters: clusterMACs,
      maxFrame: (port.link?.mtu ?? 1500) + 18, ifindex: Int(port.link?.index ?? 0))
  }

  func handle(_ event: SwitchEvent) {
    if isStopped { return }
    switch event {
    case .frame(let port, let bytes): received(bytes, on: port)
    case .link(let event): linkChanged(event)
    case .portFailed(let index, let error):
      guard let position = portPosition(index), ports[position].isAttached else { return }
      log.error("port \(ports[position].name): \(error)")
      releasePort(position)
      ports[position].link = nil
      membersChanged(onPort: index, up: false)
    }
  }

  private func linkChanged(_ event: LinkEvent) {
    switch event {
    case .appeared(let link):
      if let position = ports.firstIndex(where: { $0.name == link.name }) {
        refreshPort(position, link)
      }
    case .vanished(let link):
      if let position = ports.firstIndex(where: { $0.link?.index == link.index }) { lostPort(position) }
    case .renamed(let old, let link):
      if let position = ports.firstIndex(where: { $0.name == old && $0.link?.index == link.index }) {
        log.warning("port \(old) was renamed to \(link.name): it is no port any more")
        lostPort(position)
      }
      if let position = ports.firstIndex(where: { $0.name == link.name }) { refreshPort(position, link) }
    case .changed(_, let link):
      if let position = ports.firstIndex(where: { $0.link?.index == link.index }) {
        refreshPort(position, link)
      }
    }
  }

  private func lostPort(_ position: Int) {
    log.warning("port \(ports[position].name): its interface is gone")
    releasePort(position)
    ports[position].link = nil
    membersChanged(onPort: ports[position].index, up: false)
  }

  private func refreshPort(_ position: Int, _ link: Link) {
    let wasUp = ports[position].isUp
    if let known = ports[position].link, known.index != link.index { lostPort(position) }
    if !ports[position].isAttached {
      attachPort(position)
    } else {
      ports[position].link = link
      fillPort(position)
    }
    let isUp = ports[position].isUp
    if wasUp == isUp { return }
    log.notice("port \(ports[position].name) is \(ports[position].linkState)")
    ports[position].speedMegabits = try? Ethtool().hardware(of: ports[position].name).speedMegabits
    if !isUp { tables.ageStations(limit: 254, gone: [ports[position].index]) }
    membersChanged(onPort: ports[position].index, up: isUp)
    if isUp { announce(onPorts: [ports[position].index]) }
  }

  /// Interfaces that could not be taken are tried again now and then.
  func retryPorts() {
    for position in ports.indices where !ports[position].isAttached && ports[position].trouble != nil {
      let wasUp = ports[position].isUp
      attachPort(position)
      if ports[position].isUp && !wasUp { membersChanged(onPort: ports[position].index, up: true) }
    }
  }
}
