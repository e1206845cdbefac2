import Datapath
import Wire

/// Frames by chance: valid ones from a pool of addresses, and what becomes of those when bits flip, lengths lie, tags
/// stack up and pieces of others get in. A seed repeats them all.
public struct FrameGenerator {
  public var random: SplitMix64
  private let world: GeneratedWorld
  private var templates: [(bytes: [UInt8], port: Int)] = []
  private var fine: UInt32 = 1000

  /// Lengths that the targets take.
  public static let lengths = 14...3000

  public init(seed: UInt64, world: GeneratedWorld, templates count: Int = 512) {
    random = SplitMix64(seed: seed)
    self.world = world
    while templates.count < count {
      let (frame, port) = valid()
      if FrameGenerator.lengths.contains(frame.bytes.count) { templates.append((frame.bytes, port)) }
    }
  }

  public mutating func next() -> (TestFrame, Int) {
    let index = random.below(templates.count)
    var bytes = templates[index].bytes
    var port = templates[index].port
    if random.oneIn(64) {
      let (fresh, _) = valid()
      if FrameGenerator.lengths.contains(fresh.bytes.count) { templates[index].bytes = fresh.bytes }
    }
    if random.oneIn(8) { port = random.below(8) }
    if random.oneIn(2) {
      for _ in 0...random.below(3) { mutate(&bytes) }
    }
    if bytes.count < 14 { bytes += [UInt8](repeating: 0, count: 14 - bytes.count) }
    return (TestFrame(bytes: Array(bytes.prefix(FrameGenerator.lengths.upperBound))), port)
  }

  /// A field, a length, a tag, an address or a piece of a frame becomes another.
  public mutating func mutate(_ bytes: inout [UInt8]) {
    if bytes.count < 14 { bytes += [UInt8](repeating: 0, count: 14 - bytes.count) }
    func at(_ limit: Int, _ random: inout SplitMix64) -> Int { random.below(max(1, min(bytes.count, limit))) }
    switch random.below(14) {
    case 0: bytes[at(bytes.count, &random)] ^= 1 << UInt8(random.below(8))
    case 1, 2: bytes[at(120, &random)] ^= 1 << UInt8(random.below(8))
    case 3:
      bytes[at(100, &random)] = random.pick([
        0, 1, 2, 6, 17, 43, 44, 58, 60, 0x45, 0x46, 0x60, 0x7f, 0x80, 0xff,
      ])
    case 4: bytes.removeLast(random.below(bytes.count - 13))
    case 5: bytes = Array(bytes.prefix(14 + random.below(100)))
    case 6: bytes += [UInt8](repeating: UInt8(random.below(256)), count: random.below(64))
    case 7: set(&bytes, 16, random.pick([0, 1, 19, 20, 28, 40, 1500, 65535]))  // IPv4 total length
    case 8: set(&bytes, 18, random.pick([0, 1, 7, 8, 16, 32, 1232, 65535]))  // IPv6 payload length
    case 9: set(&bytes, 20, random.pick([0x2000, 0x2001, 0x00b9, 0x4000, 0x1fff, 0]))  // IPv4 fragment
    case 10:
      let tag: [UInt8] = random.oneIn(5) ? [0x88, 0xa8] : [0x81, 0]
      bytes.insert(contentsOf: tag + .be16(random.pick(world.vlans)), at: 12)
    case 11: bytes.replaceSubrange(0..<6, with: random.pick(world.macs).bytes)
    case 12: bytes.replaceSubrange(6..<12, with: source().bytes)
    default:
      // A piece of another frame.
      let other = templates[random.below(templates.count)].bytes
      let begin = 12 + random.below(60)
      if begin < other.count && begin < bytes.count {
        bytes.replaceSubrange(
          begin..<min(bytes.count, begin + 1 + random.below(40)), with: other[begin...].prefix(40))
      }
    }
  }

  private func set(_ bytes: inout [UInt8], _ offset: Int, _ value: Int) {
    if offset + 2 <= bytes.count { bytes.set16(offset, value) }
  }

  // MARK: Valid frames

  private mutating func valid() -> (TestFrame, Int) {
    switch random.below(10) {
    case 0: return arp()
    case 1: return neighbours()
    case 2: return plain()
    default: return steered()
    }
  }

  private mutating func tags(_ vlan: Int) -> [TestFrame.Tag] {
    let depth = random.oneIn(60) ? random.below(10) : vlan > 0 && random.oneIn(8) ? 1 : 0
    let outer: [TestFrame.Tag] =
      vlan > 0 ? [.vlan(vlan, priority: random.below(8))] : random.oneIn(10) ? [.priority(3)] : []
    return outer + (0..<depth).map { _ in .vlan(random.below(4096)) }
  }

  private mutating func steered() -> (TestFrame, Int) {
    let cluster = random.pick(world.clusters)
    let destination = address(in: cluster)
    let source: IPAddress =
      destination.isIPv6
      ? random.pick(["2001:db8::7", "2001:db8::8", "fd50::254"])
      : random.pick(["198.51.100.7", "198.51.100.8", "192.0.2.1"])
    let payload = packet(source, destination, depth: 0)
    let mac: MACAddress = random.pick(["02:00:00:00:00:fe", "02:00:00:00:05:01"])
    return (
      TestFrame(from: mac, to: cluster.mac, tags: tags(vlan(of: cluster)), payload),
      random.pick([0, 0, 5, 6])
    )
  }

  private func vlan(of cluster: TestSwitch.Cluster) -> Int { Int(world.entries[cluster.index].vlan.raw) }

  private mutating func address(in cluster: TestSwitch.Cluster) -> IPAddress {
    if cluster.address.isSingleAddress { return cluster.address.address }
    return random.pick(
      cluster.address.address.isIPv6 ? ["fd60::7", "fd60::8"] : ["10.50.0.7", "10.50.0.200"])
  }

  private mutating func packet(_ source: IPAddress, _ destination: IPAddress, depth: Int) -> NetworkPayload {
    let upper = upper(source, destination, depth: depth)
    let piece = Piece(
      id: random.below(20), offset: random.oneIn(2) ? 0 : 8 * random.below(100), more: random.oneIn(2))
    if !source.isIPv6 {
      let options = [UInt8](repeating: 1, count: random.oneIn(10) ? 4 * random.below(11) : 0)
      return .ipv4(source, destination, upper, options: options, piece: random.oneIn(6) ? piece : nil)
    }
    var headers: [ExtensionHeader] = []
    while random.oneIn(4) {
      headers.append(
        random.pick([
          .hopByHop, .destinationOptions, .routing, .mobility, .long(8 * (1 + random.below(90))),
          .fragment(piece),
        ]))
    }
    if random.oneIn(6) { headers.append(.fragment(piece)) }
    return .ipv6(source, destination, upper, headers: headers)
  }

  private mutating func upper(_ source: IPAddress, _ destination: IPAddress, depth: Int) -> UpperPayload {
    let port = 1000 + random.below(30)
    let data = [UInt8](repeating: 7, count: random.oneIn(5) ? random.below(900) : random.below(20))
    switch random.below(12) {
    case 0, 1, 2:
      return .tcp(
        port, random.pick([80, 443]),
        random.pick([.syn, .ack, .ack, [.syn, .ack], .rst, .fin, [.fin, .ack]]), data)
    case 3, 4: return .udp(port, random.pick([53, 443]), data)
    case 5: return .sctp(port, 99)
    case 6: return .esp(spi: port)
    case 7: return .other(UInt8(random.below(256)), data)
    case 8: return source.isIPv6 ? .icmpv6Echo(id: port) : .icmpEcho(id: port)
    case 9, 10:
      if depth > 0 { return .udp(port, 53) }
      let about = packet(destination, source, depth: 1)
      let keep = random.oneIn(3) ? random.below(80) : 600
      return source.isIPv6
        ? .icmpv6Error(type: 1 + random.below(4), about: about, keep: keep)
        : .icmpError(type: random.pick([3, 4, 5, 11, 12]), about: about, keep: keep)
    default: return .ah(spi: port, .tcp(port, 80, .ack))
    }
  }

  /// A source that may be one, mostly.
  private mutating func source() -> MACAddress {
    if random.oneIn(20) { return random.pick(world.macs) }
    return random.pick(
      world.members.map(\.mac) + ["02:00:00:00:00:fe", "02:00:00:00:05:01", "02:00:00:00:06:01"])
  }

  private mutating func plain() -> (TestFrame, Int) {
    let packet = packet("10.0.0.100", "198.51.100.7", depth: 0)
    return (
      TestFrame(
        from: source(), to: random.pick(world.macs), tags: tags(random.pick(world.vlans)),
        packet),
      random.below(8)
    )
  }

  private mutating func arp() -> (TestFrame, Int) {
    let four = world.addresses.filter { !$0.isIPv6 }
    let mac = source()
    let payload = NetworkPayload.arp(
      random.oneIn(4) ? .reply : .request, sender: random.pick(four),
      random.oneIn(9) ? random.pick(world.macs) : mac,
      target: random.pick(four), random.pick(world.macs))
    let destination: MACAddress = random.oneIn(2) ? .broadcast : random.pick(world.macs)
    return (
      TestFrame(from: mac, to: destination, tags: tags(random.pick([0, 0, 10])), payload), random.below(8)
    )
  }

  private mutating func neighbours() -> (TestFrame, Int) {
    let six = world.addresses.filter(\.isIPv6)
    let mac = source()
    let target = random.pick(six)
    let option: MACAddress? = random.oneIn(4) ? nil : mac
    let message: UpperPayload
    switch random.below(6) {
    case 0: message = .neighbourAdvertisement(target, flags: 0x60, option: option)
    case 1: message = .routerSolicitation(option: option)
    case 2: message = .routerAdvertisement(option: mac)
    default:
      message = .neighbourSolicitation(
        target, option: option, extra: random.oneIn(5) ? [14, 1, 1, 2, 3, 4, 5, 6] : [])
    }
    let headers: [ExtensionHeader] =
      random.oneIn(6)
      ? [random.pick([.hopByHop, .destinationOptions, .fragment(Piece(id: 1, offset: 0, more: true))])] : []
    let source = random.pick(six)
    let payload = NetworkPayload.ipv6(
      source, random.oneIn(2) ? target.solicitedNode : target, message, headers: headers,
      hopLimit: random.oneIn(9) ? 64 : 255)
    return (
      TestFrame(from: mac, to: random.pick(world.macs), tags: tags(random.pick([0, 0, 10])), payload),
      random.below(8)
    )
  }

  // MARK: Changes

  /// What control might do now.
  public mutating func nextChange() -> TableChange {
    switch random.below(19) {
    case 0...3:
      fine &+= UInt32(random.oneIn(50) ? random.below(9000) : random.below(40))
      return .tick(fine)
    case 4...8:
      let cluster = random.pick(world.clusters.filter { !$0.members.isEmpty })
      let isTransit = random.oneIn(2)
      let isWithdrawn = isTransit && random.oneIn(2)
      let word = BucketWord(
        current: random.oneIn(20) ? 0 : random.pick(cluster.members).index,
        previous: random.pick(cluster.members).index,
        withdrawn: isWithdrawn ? random.pick(cluster.members).index : 0,
        isTransit: isTransit, isObserving: isTransit && random.oneIn(2),
        observesWithdrawn: isWithdrawn && random.oneIn(2))
      return .bucket(cluster.buckets.lowerBound + random.below(cluster.buckets.count), word)
    case 9:
      let member = random.pick(world.members)
      let port = random.oneIn(4) ? random.below(12) : member.port
      return .link(member.index, random.oneIn(12) ? nil : MemberLink(mac: member.mac, port: port))
    case 10: return .portUp(random.below(8), !random.oneIn(10))
    case 11: return .longestFrame(random.below(8), random.pick([1518, 1518, 1518, 600, 100]))
    case 12:
      return .answer(
        AnswerEntry(
          address: random.pick(world.addresses), vlan: .untagged, mac: random.pick(world.macs),
          isVirtual: random.oneIn(3),
          isRouter: random.oneIn(2)))
    case 13: return .noAnswer(random.pick(["10.0.0.254", "fd50::254", "198.51.100.7", "fe80::1"]))
    case 14:
      let index = random.below(world.entries.count)
      return .cluster(index, random.oneIn(10) ? nil : world.entries[index])
    case 15:
      let pool = random.below(world.pools.count)
      let number = random.below(2)
      let router = world.pools[pool].members[number]
      let link = random.oneIn(10) ? nil : MemberLink(mac: router.mac, port: router.port)
      let steer = random.oneIn(2) ? world.pools[pool].index : nil
      return .router(
        2 * pool + number, RouterEntry(link: link, steerIPv4: steer, steerIPv6: steer, isDead: steer != nil))
    case 16:
      let pool = random.below(world.pools.count)
      let number = random.below(2)
      return .routerStation(world.pools[pool].members[number].mac, random.oneIn(3) ? nil : 2 * pool + number)
    case 17: return .stopped(random.pick(world.members).index, random.oneIn(3))
    default: return random.oneIn(2) ? .ageing(UInt32(random.below(40))) : .punts(random.below(40))
    }
  }
}
