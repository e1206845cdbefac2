import CTables
public import Forwarding
public import Wire

/// A port's counters over all CPUs.
public struct PortCounters: Hashable, Sendable {
  public var rxPackets: UInt64 = 0
  public var rxBytes: UInt64 = 0
  /// Sent to this port alone.
  public var txPackets: UInt64 = 0
  public var txBytes: UInt64 = 0
  /// Came in here and went to every other port.
  public var floodPackets: UInt64 = 0
  public var floodBytes: UInt64 = 0

  public init() {}
}

/// A member's counters over all CPUs.
public struct MemberCounters: Hashable, Sendable {
  public var packets: UInt64 = 0
  public var bytes: UInt64 = 0
  public var newFlows: UInt64 = 0
  public var leavingPackets: UInt64 = 0
  public var unentered: UInt64 = 0

  public init() {}
}

/// A station as the table holds it.
public struct StationEntry: Hashable, Sendable {
  public var mac: MACAddress
  public var vlan: VLANID
  public var port: Int
  /// Since it was last seen, in 3.2 s. 0 for a pool's router, which does not age.
  public var age: Int
  /// The number of the pool's router that it is; nil for what was learned.
  public var router: Int?
}

extension TableMemory {
  /// What a port's number can be.
  public static var portNumbers: Range<Int> { 0..<Int(FS_STATION_ROUTER) }

  public func portCounters(_ index: Int) -> PortCounters {
    var sum = PortCounters()
    for cpu in 0..<dimensions.cpus {
      let port = (base(.ports, of: fs_port.self) + cpu * Int(FS_PORTS) + index).pointee
      sum.rxPackets &+= port.rx_packets
      sum.rxBytes &+= port.rx_bytes
      sum.txPackets &+= port.tx_packets
      sum.txBytes &+= port.tx_bytes
      sum.floodPackets &+= port.flood_packets
      sum.floodBytes &+= port.flood_bytes
    }
    return sum
  }

  public func memberCounters(_ index: Int) -> MemberCounters {
    var sum = MemberCounters()
    for cpu in 0..<dimensions.cpus {
      let member = (base(.members, of: fs_member.self) + cpu * dimensions.members + index).pointee
      sum.packets &+= member.packets
      sum.bytes &+= member.bytes
      sum.newFlows &+= member.new_flows
      sum.leavingPackets &+= member.leaving_packets
      sum.unentered &+= member.unentered
    }
    return sum
  }

  public func bucketCounters(_ number: Int) -> (packets: UInt64, bytes: UInt64) {
    var sum: (packets: UInt64, bytes: UInt64) = (0, 0)
    for cpu in 0..<dimensions.cpus {
      let counter =
        (base(.bucketCounters, of: fs_bucket_counter.self) + cpu * dimensions.buckets + number).pointee
      sum.packets &+= counter.packets
      sum.bytes &+= counter.bytes
    }
    return sum
  }

  /// Frames dropped or punted at a port for a reason.
  public func count(_ reason: Reason, port: Int) -> UInt64 {
    var sum: UInt64 = 0
    for cpu in 0..<dimensions.cpus {
      let index = (cpu * Int(FS_REASONS) + Int(reason.rawValue)) * Int(FS_PORTS) + port
      sum &+= (base(.reasons, of: fs_counter.self) + index).pointee.packets
    }
    return sum
  }

  /// Packets whose record of a capture found no room.
  var captureLost: UInt64 {
    var sum: UInt64 = 0
    for cpu in 0..<dimensions.cpus {
      let first = (cpu * Int(FS_REASONS) + Int(FS_CAPTURE_LOST)) * Int(FS_PORTS)
      for port in 0..<Int(FS_PORTS) {
        sum &+= (base(.reasons, of: fs_counter.self) + first + port).pointee.packets
      }
    }
    return sum
  }

  /// All stations whose port is known, by port and MAC.
  public var stations: [StationEntry] {
    let now = clock.coarse
    var found: [StationEntry] = []
    forEachStation { set, word in
      guard let port = port(ofWord: word) else { return word }
      let key = StationTable.key(set: set, word: word)
      let isRouter = StationTable.port(word) == FS_STATION_ROUTER
      found.append(
        StationEntry(
          mac: MACAddress(raw: key), vlan: VLANID(raw: UInt16(truncatingIfNeeded: key >> 48)), port: port,
          age: isRouter ? 0 : Int(Age.between(StationTable.seen(word), now)),
          router: isRouter ? Int(StationTable.router(word)) : nil))
      return word
    }
    return found.sorted { ($0.port, $0.mac.number, $0.vlan.raw) < ($1.port, $1.mac.number, $1.vlan.raw) }
  }

  /// Enters a station that control knows of, or refreshes it. A pool's router stays what it is.
  public func enterStation(_ mac: MACAddress, vlan: VLANID, port: Int) {
    let mixed = StationTable.mixed(mac.raw | UInt64(vlan.raw) << 48)
    let set = base(.stations, of: UInt64.self) + Int(StationTable.set(mixed)) * 8
    let left = StationTable.learn(
      set, tag: StationTable.tag(mixed), port: UInt32(port), now: clock.coarse, random: mixed)
    if left != 0 && left < FS_PORTS {
      forgetLastSource(mac.raw | UInt64(vlan.raw) << 48, port: Int(left) - 1)
    }
  }

  /// A station that is no longer entered for a port shall be learned when it speaks there again.
  func forgetLastSource(_ key: UInt64, port index: Int) {
    for cpu in 0..<dimensions.cpus {
      let port = base(.ports, of: fs_port.self) + cpu * Int(FS_PORTS) + index
      if port.pointee.last_source & 0x0fff_ffff_ffff_ffff == key { port.pointee.last_source = 0 }
    }
  }

  /// The port behind which a station is.
  public func port(ofStation mac: MACAddress, vlan: VLANID) -> Int? {
    let mixed = StationTable.mixed(mac.raw | UInt64(vlan.raw) << 48)
    let set = base(.stations, of: UInt64.self) + Int(StationTable.set(mixed)) * 8
    let word = StationTable.find(set, tag: StationTable.tag(mixed))
    return word == 0 ? nil : port(ofWord: word)
  }

  /// Frees stations that were silent for longer than `limit` (in 3.2 s, less than 254), or are on a port in `gone`.
  /// Pools' routers stay.
  public func ageStations(limit: UInt32, gone: Set<Int> = []) {
    let now = clock.coarse
    forEachStation { set, word in
      let port = Int(StationTable.port(word))
      if port == Int(FS_STATION_ROUTER) { return word }
      if Age.between(StationTable.seen(word), now) <= limit && !gone.contains(port) { return word }
      forgetLastSource(StationTable.key(set: set, word: word), port: port)
      return 0
    }
    if gone.isEmpty { return }
    // A port that comes back learns its last source anew.
    for cpu in 0..<dimensions.cpus {
      for port in gone {
        (base(.ports, of: fs_port.self) + cpu * Int(FS_PORTS) + port).pointee.last_source = 0
      }
    }
  }

  /// A port's last source is not entered again while it stays the last. So it is here, whenever frames came since
  /// `earlier` (received packets of the port for each CPU); returns the present numbers.
  public func refreshLastSources(ports: Int, earlier: [UInt64]) -> [UInt64] {
    var numbers = [UInt64](repeating: 0, count: dimensions.cpus * ports)
    let now = clock.coarse
    let sets = base(.stations, of: UInt64.self)
    for cpu in 0..<dimensions.cpus {
      for index in 0..<ports {
        let slot = cpu * ports + index
        let port = (base(.ports, of: fs_port.self) + cpu * Int(FS_PORTS) + index).pointee
        numbers[slot] = port.rx_packets
        if slot < earlier.count && earlier[slot] == port.rx_packets || port.last_source == 0 { continue }
        let mixed = StationTable.mixed(port.last_source & 0x0fff_ffff_ffff_ffff)
        let set = sets + Int(StationTable.set(mixed)) * 8
        let tag = StationTable.tag(mixed)
        let found = (0..<8).first {
          set[$0] != 0 && StationTable.tag(ofWord: set[$0]) == tag && self.port(ofWord: set[$0]) == index
        }
        if let found {
          if StationTable.port(set[found]) == FS_STATION_ROUTER { continue }
          set[found] = StationTable.word(tag: tag, port: UInt32(index), seen: now)
        } else {
          // It was pushed out: the next frame shall enter it again.
          (base(.ports, of: fs_port.self) + cpu * Int(FS_PORTS) + index).pointee.last_source = 0
        }
      }
    }
    return numbers
  }

  /// Frees flow entries that were silent for longer than `limit` (in 3.2 s); returns how many are in use.
  public func ageFlows(limit: UInt32) -> Int {
    let used = age(.flows, limit: limit)
    _ = age(.fragments, limit: 20)
    return used
  }

  private func age(_ table: TableID, limit: UInt32) -> Int {
    let now = clock.coarse
    let words = base(table, of: UInt64.self)
    var used = 0
    for i in 0..<table.count(dimensions) * 8 {
      let word = words[i]
      if word == 0 { continue }
      if Age.between(FlowTable.seen(word), now) > limit {
        words[i] = 0
      } else {
        used += 1
      }
    }
    return used
  }

  /// Whether a flow has an entry: it began, or was seen, while its bucket was in transition.
  public func hasFlow(_ key: FlowKey) -> Bool {
    let tag = key.tag(seed: base(.settings, of: fs_switch.self).pointee.seed)
    let set = FlowTable.set(tag, mask: UInt32(dimensions.flowSets - 1))
    return FlowTable.find(base(.flows, of: UInt64.self) + Int(set) * 8, tag: tag) < 8
  }

  private func forEachStation(_ body: (UInt32, UInt64) -> UInt64) {
    let words = base(.stations, of: UInt64.self)
    for i in 0..<Int(FS_STATION_SETS) * 8 {
      let word = words[i]
      if word == 0 { continue }
      let next = body(UInt32(i / 8), word)
      if next != word { words[i] = next }
    }
  }
}
