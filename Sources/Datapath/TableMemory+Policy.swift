import CDatapath
public import CTables
import Forwarding
public import Wire

// What control writes. Every record's words are written singly; what must not be seen half done is published last.

/// A cluster, as the datapath is told of it.
public struct ClusterEntry: Hashable, Sendable {
  public var address: IPPrefix
  public var vlan: VLANID
  /// `FS_HASH_FLOW`, `FS_HASH_SOURCE`, `FS_HASH_DESTINATION`, `FS_HASH_SERVER`.
  public var hash: UInt32
  public var firstBucket: Int
  /// A power of two.
  public var buckets: Int
  /// Service sets (first, count a power of two), where the address is shared by named services.
  public var services: Range<Int>?
  /// Its members are a pool's routers: it takes every destination of its address's family (H9, H10).
  public var pool: Bool
  /// How long a source is remembered after it was last seen, in 6.4 s; nil: not at all.
  public var sticky: UInt32?

  public init(
    address: IPPrefix, vlan: VLANID = .untagged, hash: UInt32 = FS_HASH_FLOW, firstBucket: Int,
    buckets: Int, services: Range<Int>? = nil, pool: Bool = false,
    sticky: UInt32? = nil
  ) {
    self.address = address
    self.vlan = vlan
    self.hash = hash
    self.firstBucket = firstBucket
    self.buckets = buckets
    self.services = services
    self.pool = pool
    self.sticky = sticky
  }
}

/// Where a member is.
public struct MemberLink: Hashable, Sendable {
  public var mac: MACAddress
  public var port: Int

  public init(mac: MACAddress, port: Int) {
    self.mac = mac
    self.port = port
  }

  /// Nil: the word names no place.
  init?(word: UInt64) {
    if word & FS_LINK_VALID == 0 { return nil }
    mac = MACAddress(raw: word)
    port = Int(StationTable.port(ofLink: word))
  }

  var word: UInt64 { mac.raw | UInt64(port) << UInt64(FS_LINK_PORT_SHIFT) | FS_LINK_VALID }
}

extension TableMemory {
  /// The time, in 100 ms from an arbitrary start.
  public func setClock(fine: UInt32) {
    let settings = base(.settings, of: fs_switch.self)
    settings.pointee.fine = fine
    settings.pointee.coarse = fine / 32 % 255
  }

  public var clock: (fine: UInt32, coarse: UInt32) {
    let settings = base(.settings, of: fs_switch.self)
    return (settings.pointee.fine, settings.pointee.coarse)
  }

  /// The secret of the flow tags is set once; another one would lose the flows that are entered.
  public func setLimits(seed: UInt64, puntsPerTick: Int) {
    let settings = base(.settings, of: fs_switch.self)
    if settings.pointee.seed == 0 { settings.pointee.seed = seed }
    settings.pointee.punts = UInt32(clamping: puntsPerTick)
  }

  /// The clusters' virtual MACs: from `first` on, one after the other.
  ///
  /// - Parameter hashSeed: of the hashes that pick buckets; another one moves flows.
  public func setVirtualMACs(first: MACAddress, count: Int, hashSeed: UInt32) {
    let settings = base(.settings, of: fs_switch.self)
    settings.pointee.hash_seed = hashSeed
    settings.pointee.mac_base = first.number
    settings.pointee.mac_count = UInt32(clamping: count)
  }

  /// `maxFrame`: bytes from the destination MAC to the end of the payload.
  public func setPort(_ index: Int, flags: UInt32, maxFrame: Int, ifindex: Int) {
    for cpu in 0..<dimensions.cpus {
      let port = base(.ports, of: fs_port.self) + cpu * Int(FS_PORTS) + index
      port.pointee.max_frame = UInt32(clamping: maxFrame)
      port.pointee.ifindex = UInt32(clamping: ifindex)
      port.pointee.flags = flags
    }
  }

  public func setPortFlags(_ index: Int, _ flags: UInt32) {
    for cpu in 0..<dimensions.cpus {
      (base(.ports, of: fs_port.self) + cpu * Int(FS_PORTS) + index).pointee.flags = flags
    }
  }

  /// The index is no port any more: nothing is sent there, and another port will count from zero.
  public func clearPort(_ index: Int) {
    for cpu in 0..<dimensions.cpus {
      (base(.ports, of: fs_port.self) + cpu * Int(FS_PORTS) + index).pointee = fs_port()
      for reason in 0..<Int(FS_REASONS) {
        let slot = (cpu * Int(FS_REASONS) + reason) * Int(FS_PORTS) + index
        (base(.reasons, of: fs_counter.self) + slot).pointee.packets = 0
      }
    }
  }

  /// Nil takes the cluster out of service: its frames are dropped as `noCluster`.
  public func setCluster(_ index: Int, _ entry: ClusterEntry?) {
    let record = base(.clusters, of: fs_cluster.self) + index
    guard let entry else {
      record.pointee.flags = 0
      return
    }
    let network = entry.address.network
    let mask = network.mask
    var flags = FS_CLUSTER_ACTIVE | entry.hash << FS_HASH_SHIFT
    if network.address.isIPv6 { flags |= FS_CLUSTER_IPV6 }
    if entry.services != nil { flags |= FS_CLUSTER_SERVICES }
    if entry.pool { flags |= FS_CLUSTER_POOL }
    if entry.sticky != nil { flags |= FS_CLUSTER_STICKY }
    let fresh = fs_cluster(
      address_hi: entry.pool ? 0 : network.address.hi, address_lo: entry.pool ? 0 : network.address.lo,
      mask_hi: entry.pool ? 0 : mask.hi, mask_lo: entry.pool ? 0 : mask.lo, flags: flags,
      vlan: UInt32(entry.vlan.raw), first_bucket: UInt32(clamping: entry.firstBucket),
      bucket_mask: UInt32(clamping: entry.buckets - 1),
      first_service: UInt32(clamping: entry.services?.lowerBound ?? 0),
      service_mask: UInt32(clamping: (entry.services?.count ?? 1) - 1), spare: 0,
      sticky: entry.sticky ?? 0)
    let present = record.pointee
    let isSame = withUnsafeBytes(of: fresh) { a in
      withUnsafeBytes(of: present) { b in a.elementsEqual(b) }
    }
    if isSame { return }
    // Nobody steers by a record that is half one cluster's and half another's.
    if present.flags & FS_CLUSTER_ACTIVE != 0 { record.pointee.flags = 0 }
    record.pointee = {
      var inactive = fresh
      inactive.flags = 0
      return inactive
    }()
    record.pointee.flags = fresh.flags
  }

  public func setBucket(_ number: Int, _ word: BucketWord) {
    (base(.buckets, of: fs_bucket.self) + number).pointee.assignment = word.word
  }

  /// A bucket that another cluster had, or none: it counts from zero.
  public func clearBucketCounters(_ number: Int) {
    for cpu in 0..<dimensions.cpus {
      (base(.bucketCounters, of: fs_bucket_counter.self) + cpu * dimensions.buckets + number).pointee =
        fs_bucket_counter()
    }
  }

  public func bucket(_ number: Int) -> BucketWord {
    BucketWord(word: (base(.buckets, of: fs_bucket.self) + number).pointee.assignment)
  }

  /// When a bucket's previous path was last taken, in 100 ms.
  public func previousUse(ofBucket number: Int) -> UInt32 {
    (base(.transits, of: fs_transit.self) + number).pointee.previous_fine
  }

  /// A transition begins now: its previous path counts as just used.
  public func startTransit(ofBucket number: Int, fine: UInt32) {
    (base(.transits, of: fs_transit.self) + number).pointee.previous_fine = fine
  }

  /// A new member under an index that no bucket names; counters begin at zero.
  public func setMember(_ index: Int, vlan: VLANID, cluster: Int) {
    for cpu in 0..<dimensions.cpus {
      let member = base(.members, of: fs_member.self) + cpu * dimensions.members + index
      member.pointee = fs_member()
      member.pointee.vlan = UInt32(vlan.raw)
      member.pointee.cluster = UInt32(clamping: cluster)
    }
  }

  /// Where the member is from now on; nil: nowhere.
  public func setMemberLink(_ index: Int, _ link: MemberLink?) {
    let word = link?.word ?? 0
    for cpu in 0..<dimensions.cpus {
      (base(.members, of: fs_member.self) + cpu * dimensions.members + index).pointee.link = word
    }
  }

  /// Members that are none any more, and that no bucket names: nothing may lead to their numbers when others get them.
  public func forgetMembers(besides valid: Set<Int>) {
    for index in 1..<dimensions.members where !valid.contains(index) {
      if (base(.members, of: fs_member.self) + index).pointee.link != 0 { setMemberLink(index, nil) }
    }
    for table in [TableID.flows, .fragments] {
      let words = base(table, of: UInt64.self)
      for i in 0..<table.count(dimensions) * 8 {
        let word = words[i]
        if word != 0 && !valid.contains(Int(FlowTable.member(word))) { words[i] = 0 }
      }
    }
    let sources = base(.sources, of: UInt64.self)
    for i in 0..<dimensions.sourceSets * 8 where sources[i] != 0 {
      if !valid.contains(Int(SourceTable.member(sources[i]))) { sources[i] = 0 }
    }
  }

  /// What the flow table says of members: when they died, or when none of their buckets is in transition. An entry is
  /// looked at in transitions alone, so one of an earlier transition would still count in the next that its member takes
  /// part in, and take a flow there that has been with another since.
  public func forgetFlows(of members: Set<Int>) {
    var isForgotten = [Bool](repeating: false, count: dimensions.members)
    for index in members where isForgotten.indices.contains(index) { isForgotten[index] = true }
    let words = base(.flows, of: UInt64.self)
    for i in 0..<TableID.flows.count(dimensions) * 8 {
      let word = words[i]
      let member = Int(FlowTable.member(word))
      // Meanwhile the datapath may have put another flow there.
      if word != 0 && member < isForgotten.count && isForgotten[member] { fs_clear(words + i, word) }
    }
  }

  public func memberLink(_ index: Int) -> MemberLink? {
    MemberLink(word: (base(.members, of: fs_member.self) + index).pointee.link)
  }

  // MARK: Services

  /// Fills the sets of one address. Nil: the services do not fit so many sets; more are needed.
  public static func serviceSets(
    _ services: [(protocolNumber: UInt8, port: UInt16, cluster: Int)], count: Int
  )
    -> [[UInt64]]?
  {
    var sets = [[UInt64]](repeating: [], count: count)
    for service in services {
      let key = ServiceKey.key(protocolNumber: service.protocolNumber, port: service.port.bigEndian)
      let set = Int(ServiceKey.hash(key)) & (count - 1)
      if sets[set].count == 4 { return nil }
      sets[set].append(key | UInt64(service.cluster + 1))
    }
    return sets
  }

  public func setServices(_ first: Int, _ sets: [[UInt64]]) {
    for (i, set) in sets.enumerated() {
      let words = set + Array(repeating: 0, count: 4 - set.count)
      (base(.services, of: fs_services.self) + first + i).pointee = fs_services(
        a: words[0], b: words[1], c: words[2], d: words[3])
    }
  }
}
