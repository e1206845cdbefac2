public import CTables
public import Datapath
public import Wire

/// A switch on one of the pipeline's targets: its tables filled in a few lines, frames run through it one by one.
///
/// ```
/// let web = sw.cluster("10.0.0.100", members: [sw.member(onPort: 1), sw.member(onPort: 2)])
/// let seen = try sw.run(TestFrame(from: sw.router, to: web.mac, .ipv4(…)), on: 0)
/// ```
/// Ports 0 and 6 lead to routers, 1...4 to members, 5 to anybody, 7 is the switch's own.
public final class TestSwitch {
  public let runner: any Runner
  public var tables: TableMemory { runner.tables }
  private var nextMember = 1
  private var nextBucket = 0
  private var nextCluster = 0
  private var nextServiceSet = 0

  public static var dimensions: Dimensions {
    Dimensions(
      cpus: XDPDatapath.cpus, clusters: 8, members: 31, buckets: 1 << 13, services: 16, flows: 1 << 10,
      sources: 1 << 7)
  }

  /// MAC of the router on port 0.
  public let router: MACAddress = "02:00:00:00:00:fe"
  /// Virtual MACs begin here; the one below is the switch's own.
  public static let firstMAC: MACAddress = "02:f5:00:00:00:01"
  public static let ownMAC: MACAddress = "02:f5:00:00:00:00"

  public struct Member: Hashable, Sendable {
    public var index = 0
    public var mac: MACAddress
    public var port: Int
    public var vlan: VLANID = .untagged
  }

  public struct Cluster: Sendable {
    public var index: Int
    public var mac: MACAddress
    public var address: IPPrefix
    public var members: [Member]
    public var buckets: Range<Int>
  }

  static let hashSeed: UInt32 = 1
  /// Virtual MACs in use.
  private let clusters: Int
  /// Ports with `FS_PORT_SERVERS`.
  private var serverPorts: Set<Int> = []

  public init(_ runner: any Runner, clusters: Int = 8) {
    self.runner = runner
    self.clusters = clusters
    tables.setLimits(seed: 0x5eed_5eed_5eed_5eed, puntsPerTick: 1000)
    tick(1000)
    tables.setVirtualMACs(first: TestSwitch.firstMAC, count: clusters, hashSeed: TestSwitch.hashSeed)
    for port in 0..<8 {
      tables.setPort(port, flags: flags(of: port) | FS_PORT_UP, maxFrame: 1518, ifindex: 100 + port)
    }
  }

  /// Sets the clock, in 100 ms.
  public func tick(_ fine: UInt32) { tables.setClock(fine: fine) }

  // MARK: Filling the tables

  public func member(onPort port: Int, vlan: Int = 0, mac: MACAddress? = nil) -> Member {
    defer { nextMember += 1 }
    let made = Member(
      index: nextMember, mac: mac ?? MACAddress(2, 0, 0, 0, UInt8(port), UInt8(nextMember)), port: port,
      vlan: VLANID(raw: UInt16(vlan)))
    return made
  }

  /// A cluster whose buckets are dealt to the members in turns, answered for by its virtual MAC.
  @discardableResult
  public func cluster(
    _ address: IPPrefix, vlan: Int = 0, hash: UInt32 = FS_HASH_FLOW, buckets: Int = 16,
    members: [Member], isAnswered: Bool = true, sticky: UInt32? = nil
  ) -> Cluster {
    let made = Cluster(
      index: nextCluster, mac: mac(ofCluster: nextCluster), address: address, members: members,
      buckets: nextBucket..<nextBucket + buckets)
    nextCluster += 1
    nextBucket += buckets
    for member in members {
      tables.setMember(member.index, vlan: member.vlan, cluster: made.index)
      tables.setMemberLink(member.index, MemberLink(mac: member.mac, port: member.port))
    }
    for (i, bucket) in made.buckets.enumerated() {
      tables.setBucket(bucket, BucketWord(current: members.isEmpty ? 0 : members[i % members.count].index))
    }
    let id = VLANID(raw: UInt16(vlan))
    tables.setCluster(
      made.index,
      ClusterEntry(
        address: address, vlan: id, hash: hash, firstBucket: made.buckets.lowerBound, buckets: buckets,
        sticky: sticky))
    if !isAnswered { return made }
    if address.isSingleAddress {
      _ = tables.setAnswer(AnswerEntry(address: address.address, vlan: id, mac: made.mac, isVirtual: true))
    } else {
      tables.setSubnets([(address, id, made.mac)])
    }
    return made
  }

  public struct Service {
    public var protocolNumber: UInt8
    public var port: Int
    public var cluster: Cluster

    public init(_ protocolNumber: UInt8, _ port: Int, _ cluster: Cluster) {
      self.protocolNumber = protocolNumber
      self.port = port
      self.cluster = cluster
    }
  }

  /// An address shared by services: frames for its virtual MAC go to the clusters that the services name.
  public func services(_ address: IPPrefix, vlan: Int = 0, _ services: [Service]) throws -> Cluster {
    let list = services.map {
      (protocolNumber: $0.protocolNumber, port: UInt16($0.port), cluster: $0.cluster.index)
    }
    guard let sets = TableMemory.serviceSets(list, count: 16) else { throw SandboxError("too many services") }
    let made = cluster(address, vlan: vlan, buckets: 1, members: [])
    tables.setServices(nextServiceSet, sets)
    tables.setCluster(
      made.index,
      ClusterEntry(
        address: address, vlan: VLANID(raw: UInt16(vlan)), firstBucket: made.buckets.lowerBound, buckets: 1,
        services: nextServiceSet..<nextServiceSet + 16))
    nextServiceSet += 16
    return made
  }

  /// A neighbour that members are told the MAC of.
  public func neighbour(_ address: IPAddress, _ mac: MACAddress, vlan: Int = 0, isRouter: Bool = false) {
    _ = tables.setAnswer(
      AnswerEntry(
        address: address, vlan: VLANID(raw: UInt16(vlan)), mac: mac, isVirtual: false, isRouter: isRouter))
  }

  /// Puts every bucket of a cluster in transition.
  public func transit(_ cluster: Cluster, from previous: Member, to current: Member, observing: Bool = false)
  {
    for bucket in cluster.buckets {
      tables.setBucket(
        bucket,
        BucketWord(current: current.index, previous: previous.index, isTransit: true, isObserving: observing))
    }
  }

  public func mac(ofCluster index: Int) -> MACAddress {
    MACAddress(number: TestSwitch.firstMAC.number + UInt64(index))
  }

  public func setUp(_ port: Int, _ isUp: Bool) {
    tables.setPortFlags(port, flags(of: port) | (isUp ? FS_PORT_UP : 0))
  }

  /// Servers that use pools of routers are behind the port.
  public func serve(on port: Int) {
    serverPorts.insert(port)
    setUp(port, true)
  }

  private func flags(of port: Int) -> UInt32 {
    let flags = (1...4).contains(port) ? FS_PORT_MEMBERS : port == 7 ? FS_PORT_OWN : 0
    return flags | (serverPorts.contains(port) ? FS_PORT_SERVERS : 0)
  }

  public func setLongestFrame(_ port: Int, _ bytes: Int) {
    tables.setPort(
      port, flags: FS_PORT_UP | flags(of: port), maxFrame: bytes, ifindex: 100 + port)
  }
}
