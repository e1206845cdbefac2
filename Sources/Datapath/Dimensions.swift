import CTables

/// How many records the tables have. Fixed when the datapath is loaded; a configuration that needs more gets a new one.
public struct Dimensions: Hashable, Codable, Sendable {
  /// CPUs that run the datapath (in the daemon: threads); counters are kept for each.
  public var cpus: Int
  public var clusters: Int
  /// Members of a CPU: 2^memberShift, member 0 being nobody.
  public var memberShift: Int
  /// Buckets of all clusters: 2^bucketShift.
  public var bucketShift: Int
  /// Sets of eight flows, a power of two.
  public var flowSets: Int
  /// Sets of eight sources of sticky clusters, a power of two.
  public var sourceSets: Int
  /// Sets of four addresses, a power of two.
  public var answerSets: Int
  public var serviceSets: Int

  /// Room for what is asked and a quarter more (of buckets, which take most, a 64th), rounded up, so that most changes
  /// fit: larger tables go on with what these hold, but the program is loaded anew. `members` counts the pools' routers,
  /// `sources` is how many sources the sticky clusters may remember, 0 where no cluster is sticky.
  public init(
    cpus: Int, clusters: Int, members: Int, buckets: Int, services: Int, flows: Int = 1 << 17,
    sources: Int = 0
  ) {
    self.cpus = max(cpus, 1)
    self.clusters = max(16, Dimensions.powerOfTwo(clusters + (clusters + 3) / 4))
    memberShift = max(6, Dimensions.shift(members + (members + 3) / 4 + 1))
    bucketShift = max(14, Dimensions.shift(buckets + (buckets + 63) / 64))
    flowSets = Dimensions.powerOfTwo((max(flows, 1 << 10) + 7) / 8)
    sourceSets = Dimensions.powerOfTwo((max(sources, 8) + 7) / 8)
    answerSets = Dimensions.powerOfTwo(max(clusters * 4 + 1024, 1024))
    serviceSets = Dimensions.powerOfTwo(max(services * 4, 64))
  }

  public var members: Int { 1 << memberShift }
  public var buckets: Int { 1 << bucketShift }

  /// Read from a file that may be damaged, they could be anything.
  var isPlausible: Bool {
    func isPower(_ n: Int) -> Bool { n > 0 && n & (n - 1) == 0 }
    return (1...4096).contains(cpus) && (1...1 << 20).contains(clusters)
      && (1...Int(FS_MEMBER_BITS)).contains(memberShift) && (1...30).contains(bucketShift)
      && [flowSets, sourceSets, answerSets, serviceSets].allSatisfy { isPower($0) && $0 <= 1 << 24 }
  }

  /// Whether tables of these dimensions can hold what `other` was made for, with the room that it asks for.
  public func holds(_ other: Dimensions) -> Bool {
    cpus == other.cpus && clusters >= other.clusters && memberShift >= other.memberShift
      && bucketShift >= other.bucketShift && serviceSets >= other.serviceSets
      && answerSets >= other.answerSets && (sourceSets > 1 || other.sourceSets == 1)
  }

  /// The smallest tables that hold what is in these and have room for `other`. The sets of flows stay: a flow's word
  /// tells its set only together with their number. So do the sets of sources, where there are any.
  func grown(for other: Dimensions) -> Dimensions {
    var result = other
    result.clusters = max(clusters, other.clusters)
    result.memberShift = max(memberShift, other.memberShift)
    result.bucketShift = max(bucketShift, other.bucketShift)
    result.flowSets = flowSets
    if sourceSets > 1 { result.sourceSets = sourceSets }
    result.answerSets = max(answerSets, other.answerSets)
    result.serviceSets = max(serviceSets, other.serviceSets)
    return result
  }

  /// Tables of which new ones have to be made, in records; empty: these do for `other`.
  public func growth(for other: Dimensions) -> [(table: String, before: Int, after: Int)] {
    if holds(other) { return [] }
    let new = grown(for: other)
    let tables = [
      ("clusters", clusters, new.clusters), ("members", members, new.members),
      ("buckets", buckets, new.buckets), ("services", serviceSets * 4, new.serviceSets * 4),
      ("addresses", answerSets * 4, new.answerSets * 4), ("sources", sourceSets * 8, new.sourceSets * 8),
      ("cpus", cpus, new.cpus),
    ]
    return tables.filter { $0.1 != $0.2 }.map { (table: $0.0, before: $0.1, after: $0.2) }
  }

  private static func shift(_ n: Int) -> Int {
    var shift = 0
    while 1 << shift < n { shift += 1 }
    return shift
  }

  private static func powerOfTwo(_ n: Int) -> Int { 1 << shift(n) }

  /// The constants that the program is loaded with.
  var constants: fs_dimensions {
    func count(_ table: TableID) -> UInt32 { UInt32(clamping: table.count(self)) }
    return fs_dimensions(
      abi: FS_ABI, member_shift: UInt32(memberShift), bucket_shift: UInt32(bucketShift),
      flow_mask: UInt32(flowSets - 1), answer_mask: UInt32(answerSets - 1), cpus: UInt32(cpus),
      source_mask: UInt32(sourceSets - 1),
      ports: count(.ports), clusters: count(.clusters), service_sets: count(.services),
      buckets: count(.buckets),
      bucket_counters: count(.bucketCounters), members: count(.members))
  }
}
