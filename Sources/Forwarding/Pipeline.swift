#if canImport(Wire)
  public import Wire
#endif
#if canImport(CTables)
  import CTables
#endif

/// The forwarding pipeline (WO 99/33227, fig. 5F): frame in, verdict out, the frame's bytes changed in place.
///
/// Pure: no clock, no allocation, no I/O. One source for the kernel's hooks (XDP, tc ingress) and for the daemon. It sees
/// bytes, a port and tables, and asks nothing of what carries them. The steps stand in their own files:
/// learning and forwarding here, `+Express` (a lane for what most frames are), `+ARP`, `+Neighbours` (ND), `+Cluster`,
/// `+Sources`, `+Transition`, `+Fragments`, `+Routers` (of pools), `+Own` (the switch's own port).
public struct Pipeline<T: Tables> {
  public let tables: T
  private let hasLane: Bool

  /// Without a lane every frame takes the long way: the same comes of it, which tests compare.
  @inline(__always)
  public init(tables: T, hasLane: Bool = true) {
    self.tables = tables
    self.hasLane = hasLane
  }

  /// Decides about a frame that came in on `port`. Counted when it returns: the frame is in exactly one of the ports'
  /// counters of frames sent or flooded, or in a reason's.
  @inline(__always)
  public func process(_ arrived: Frame, port: UInt32) -> Verdict {
    guard let ingress = tables.port(port), let settings = tables.settings() else { return .drop(.portDown) }
    let size = UInt64(truncatingIfNeeded: arrived.count)
    ingress.pointee.rx_packets &+= 1
    ingress.pointee.rx_bytes &+= size
    ingress.pointee.note = 0
    if hasLane, let out = express(arrived, size, ingress, settings, port) {
      return .forward(port: out, tag: .keep)
    }
    let frame = arrived.unseen
    guard frame.has(14) else { return drop(.runt, port) }
    let destination = frame.mac(0)
    var type = frame.raw16(12)
    var l3 = 14
    var vlan: UInt32 = 0
    if frame.aside.isUsed {
      vlan = frame.aside.tag & 0xfff
      if EtherType.isTag(type) {
        // One tag at least is aside, unless the frame was too short to take it out.
        if frame.aside.tag == 0 { return drop(.runt, port) }
        if frame.has(18) {
          type = frame.raw16(16)
          l3 = 18
        }
      }
    } else if EtherType.isTag(type) {
      guard frame.has(18) else { return drop(.runt, port) }
      vlan = UInt32(frame.u16(14)) & 0xfff
      type = frame.raw16(16)
      l3 = 18
      // A second tag is carried along; the VLAN is the outer one's.
      if EtherType.isTag(type) && frame.has(22) {
        type = frame.raw16(20)
        l3 = 22
      }
    }
    l3 = forget(l3, ingress) & 31
    let source = frame.mac(6) | UInt64(vlan | 0x8000) << 48
    if source != ingress.pointee.last_source {
      if let reason = learn(source, ingress, settings, port) { return drop(reason, port) }
    }
    if type == EtherType.arp {
      if let verdict = arp(frame.from(l3), frame, vlan, ingress, port) { return verdict }
    } else if type == EtherType.ipv6 {
      if let verdict = neighbours(frame.from(l3), frame, vlan, ingress, port) { return verdict }
    }
    var index = (destination.byteSwapped >> 16) &- settings.pointee.mac_base
    if index >= UInt64(settings.pointee.mac_count) {
      if destination & 1 != 0 {
        // 01:80:c2:00:00:0x; x = 0 (the spanning tree's) goes on, so that others find loops that we take part in.
        if destination & 0x00ff_ffff_ffff == 0x00c2_8001 && destination >> 40 &- 1 < 15 {
          return drop(.linkLocal, port)
        }
        return flood(size, ingress)
      }
      let mixed = StationTable.mixed(destination | UInt64(vlan) << 48)
      guard let set = tables.stations(StationTable.set(mixed)) else { return flood(size, ingress) }
      let word = StationTable.find(set, tag: StationTable.tag(mixed))
      if word == 0 {
        if isProbe(destination, ingress) { return probe(destination, frame, vlan: vlan, from: port) }
        return flood(size, ingress)
      }
      let out = StationTable.port(word)
      if out != FS_STATION_ROUTER { return send(frame, to: out, type: type, l3: l3, from: port) }
      guard let router = tables.router(StationTable.router(word)) else { return drop(.noMember, port) }
      let steer = steering(router, frame, type: type, l3: l3, ingress)
      if steer == 0 { return deliver(frame, to: router, type: type, l3: l3, from: port) }
      index = forget(UInt64(steer &- 1), ingress)
    }
    return cluster(
      UInt32(truncatingIfNeeded: index), frame, type: type, l3: l3, vlan: vlan, ingress, port)
  }

  // MARK: Verdicts and their counters

  /// The target could not carry out a `forward`: what `send` counted is taken back.
  @inline(__always)
  public func undo(size: UInt64, to out: UInt32, from port: UInt32, reason: Reason) {
    if let egress = tables.port(out) {
      egress.pointee.tx_packets &-= 1
      egress.pointee.tx_bytes &-= size
    }
    count(reason, port)
  }

  @inline(__always)
  func drop(_ reason: Reason, _ port: UInt32) -> Verdict {
    count(reason, port)
    return .drop(reason)
  }

  @inline(__always)
  func count(_ reason: Reason, _ port: UInt32) {
    if let counter = tables.reason(UInt32(reason.rawValue), port: port) {
      counter.pointee.packets &+= 1
    }
  }

  /// Gives a frame to control, so many in 100 ms at the most. Without control time stands still, and so do punts.
  @inline(__always)
  func punt(_ reason: Reason, _ ingress: UnsafeMutablePointer<fs_port>, _ port: UInt32) -> Verdict {
    guard let settings = tables.settings() else { return drop(.puntLimit, port) }
    let now = settings.pointee.fine
    if ingress.pointee.punt_fine != now {
      ingress.pointee.punt_fine = now
      ingress.pointee.punt_count = 0
    }
    if ingress.pointee.punt_count >= settings.pointee.punts { return drop(.puntLimit, port) }
    ingress.pointee.punt_count &+= 1
    count(reason, port)
    return .punt(reason)
  }

  @inline(__always)
  func flood(_ size: UInt64, _ ingress: UnsafeMutablePointer<fs_port>) -> Verdict {
    ingress.pointee.flood_packets &+= 1
    ingress.pointee.flood_bytes &+= size
    return .flood
  }

  /// Back out of its own port, as an answer.
  @inline(__always)
  func reply(_ frame: Frame, _ ingress: UnsafeMutablePointer<fs_port>) -> Verdict {
    ingress.pointee.tx_packets &+= 1
    ingress.pointee.tx_bytes &+= UInt64(truncatingIfNeeded: frame.count)
    return .reply
  }

  /// As it is, but for what the host's stack needs.
  @inline(__always)
  func send(_ frame: Frame, to out: UInt32, type: UInt16, l3: Int, from port: UInt32) -> Verdict {
    if out == port { return drop(.samePort, port) }
    guard let egress = tables.port(out) else { return drop(.portDown, port) }
    let isPopped = egress.pointee.flags & FS_PORT_OWN != 0 && losesTag(frame, type: type, l3: l3)
    if let reason = refusal(frame, egress, tag: isPopped ? .pop : .keep) { return drop(reason, port) }
    return .forward(port: out, tag: isPopped ? .pop : .keep)
  }

  /// Counts a frame out of its port, or says why it can't leave there.
  @inline(__always)
  func refusal(_ frame: Frame, to out: UInt32, tag: TagChange, from port: UInt32) -> Reason? {
    if out == port { return .samePort }
    guard let egress = tables.port(out) else { return .portDown }
    return refusal(frame, egress, tag: tag)
  }

  @inline(__always)
  private func refusal(_ frame: Frame, _ egress: UnsafeMutablePointer<fs_port>, tag: TagChange) -> Reason? {
    if egress.pointee.flags & FS_PORT_UP == 0 { return .portDown }
    let change = tag.bytes
    if UInt64(truncatingIfNeeded: frame.longest &+ change) > UInt64(egress.pointee.max_frame) {
      return .tooBig
    }
    egress.pointee.tx_packets &+= 1
    egress.pointee.tx_bytes &+= UInt64(truncatingIfNeeded: frame.count &+ change)
    return nil
  }

  // MARK: Learning

  /// A source other than the port's last one: checked, entered or refreshed (H7). The common path never comes here.
  @inline(__always)
  func learn(
    _ source: UInt64, _ ingress: UnsafeMutablePointer<fs_port>, _ settings: UnsafeMutablePointer<fs_switch>,
    _ port: UInt32
  ) -> Reason? {
    let mac = source & 0xffff_ffff_ffff
    if mac & 1 != 0 || mac == 0 { return .badSource }
    // The MAC below the clusters' is the switch's own interface's; it speaks from there only.
    let index = (mac.byteSwapped >> 16) &+ 1 &- settings.pointee.mac_base
    if index <= UInt64(settings.pointee.mac_count) {
      if index != 0 || ingress.pointee.flags & FS_PORT_OWN == 0 { return .ownSource }
    }
    if ProbeAddress.isOne(mac) { return .ownSource }
    let left = enter(source & 0x0fff_ffff_ffff_ffff, port, ingress.pointee.rx_packets)
    if left >= FS_PORTS {
      // Not resolved, it is not known to be anywhere else.
      guard let router = tables.router(left & 255) else { return nil }
      let link = router.pointee.link
      if link & FS_LINK_VALID != 0 && StationTable.port(ofLink: link) != port { return .strayRouter }
    } else if left != 0 {
      leave(left &- 1, source)
    }
    ingress.pointee.last_source = source
    return nil
  }

  /// What `StationTable.learn` returns. `key`: MAC and VLAN << 48.
  @inline(never)
  func enter(_ key: UInt64, _ port: UInt32, _ random: UInt64) -> UInt32 {
    guard let settings = tables.settings() else { return 0 }
    let mixed = StationTable.mixed(key)
    guard let set = tables.stations(StationTable.set(mixed)) else { return 0 }
    return StationTable.learn(
      set, tag: StationTable.tag(mixed), port: port, now: settings.pointee.coarse, random: mixed ^ random)
  }

  /// A station moved away from a port: if it was that port's last source, it must be learned when it comes back, on
  /// whichever CPU.
  @inline(never)
  private func leave(_ port: UInt32, _ source: UInt64) {
    var cpu: UInt32 = 0
    while cpu < tables.cpus {
      guard let record = tables.port(port, ofCPU: cpu) else { return }
      if record.pointee.last_source == source { record.pointee.last_source = 0 }
      cpu &+= 1
    }
  }
}
