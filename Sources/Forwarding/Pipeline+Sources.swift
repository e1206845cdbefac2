#if canImport(Wire)
  import Wire
#endif
#if canImport(CTables)
  import CTables
#endif

// Sticky clusters (X5): what comes from one source goes to the member that the source has, whatever its bucket says. Other
// clusters pay one test. A source is known while its entry is fresh (`fs_cluster.sticky`), and its member is one of the
// cluster's, has a place, and is not stopped; one that drains keeps its sources until they are silent.
//
// Living flows come first. A source that is known has its flows at its member, but for those that are older than its entry;
// where its bucket is in transition, these are with the previous member, or entered. So an entry that was made for the
// transition's new member is young, and does not decide while that transition lasts:
//
//                               │ source known     │ known, young, and its member is  │ not known
//                               │                  │ the bucket's current or withdrawn│
//  bucket steady                │ its member       │ its member (no longer young)     │ bucket's, entered
//  in transition, flow's entry  │ as entry         │ as entry                         │ as entry, entered
//  in transition, no entry      │ its member       │ as the bucket says               │ as the bucket says, entered
//
// "Entered": the source, young where the bucket is in transition and does not say the previous member. A young one is
// entered anew if its packet goes to another current member. A source's member is no use of an old path: when the transition
// is over, it still is where the source goes. ICMP errors look up and enter nothing.
//
// What moves anyway: a flow that was silent for longer than its source is remembered, if its bucket has moved; and of the
// flows of a source that has several buckets (`FS_HASH_FLOW`), all but one, when its cluster becomes sticky.
//
// What is found is kept in the port's record until the source is entered: the program's stack is full.
extension Pipeline {
  /// The member that the source has, where this decides; 0: the bucket does. Notes that the source was seen.
  @inline(__always)
  func sticky(
    _ entry: UnsafeMutablePointer<fs_cluster>, _ cluster: UInt32, _ packet: Packet, _ assignment: UInt64,
    _ ingress: UnsafeMutablePointer<fs_port>
  ) -> UInt32 {
    var member: UInt64 = 0
    var key: UInt64 = 0
    if entry.pointee.flags & FS_CLUSTER_STICKY != 0 {
      key = SourceKey.word(cluster, limit: entry.pointee.sticky, isError: packet.isError)
      ingress.pointee.source_key = key
      member = find(source: packet.key.sourceHi, packet.key.sourceLo, assignment, ingress)
      if packet.isError { key = 0 }
    }
    ingress.pointee.source_key = key
    // Forgotten, or each way through would be a path of its own for what follows.
    return UInt32(truncatingIfNeeded: forget(member, ingress))
  }

  /// Enters a source that was not known, or whose bucket gave it another member meanwhile.
  @inline(__always)
  func remember(_ packet: Packet, _ member: UInt32, _ ingress: UnsafeMutablePointer<fs_port>) {
    if ingress.pointee.source_key == 0 { return }
    enter(source: packet.key.sourceHi, packet.key.sourceLo, member, ingress)
  }

  // Functions of their own in the kernel.

  @inline(never)
  private func find(
    source hi: UInt64, _ lo: UInt64, _ assignment: UInt64, _ ingress: UnsafeMutablePointer<fs_port>
  ) -> UInt64 {
    ingress.pointee.source_bucket = assignment
    ingress.pointee.source_member = 0
    let key = ingress.pointee.source_key
    guard let settings = tables.settings() else { return 0 }
    let tag = SourceTable.tag(hi, lo, cluster: SourceKey.cluster(key), seed: settings.pointee.seed)
    guard let set = tables.sources(SourceTable.set(tag, mask: tables.sourceMask)) else { return 0 }
    let way = forget(SourceTable.find(set, tag: tag), ingress)
    if way > 7 { return 0 }
    let word = set[way & 7]
    let now = SourceTable.time(fine: settings.pointee.fine)
    if SourceTable.age(word, now) > SourceKey.limit(key) { return 0 }
    let number = SourceTable.member(word)
    guard let member = tables.member(number), number != 0, member.pointee.cluster == SourceKey.cluster(key),
      member.pointee.link & FS_LINK_VALID != 0, member.pointee.flags & FS_MEMBER_STOPPED == 0
    else { return 0 }
    let isYoung = SourceTable.isYoung(word) && assignment & FS_BUCKET_TRANSIT != 0
    let fresh = SourceTable.word(tag: tag, member: number, isYoung: isYoung, seen: now)
    if fresh != word && !SourceKey.isError(key) { set[way & 7] = fresh }
    let isOpen =
      isYoung && (number == BucketFields.current(assignment) || number == BucketFields.withdrawn(assignment))
    ingress.pointee.source_member = UInt64(number) | (isOpen ? 1 << 32 : 0)
    return isOpen ? 0 : UInt64(number)
  }

  @inline(never)
  private func enter(
    source hi: UInt64, _ lo: UInt64, _ member: UInt32, _ ingress: UnsafeMutablePointer<fs_port>
  ) {
    let key = ingress.pointee.source_key
    let assignment = ingress.pointee.source_bucket
    let known = ingress.pointee.source_member
    if member == 0 || member == UInt32(truncatingIfNeeded: known) { return }
    // One that is known keeps its member, unless it is young and the bucket's new flows go elsewhere by now.
    if known != 0 && (known >> 32 == 0 || member != BucketFields.current(assignment)) { return }
    guard let settings = tables.settings() else { return }
    let tag = SourceTable.tag(hi, lo, cluster: SourceKey.cluster(key), seed: settings.pointee.seed)
    guard let set = tables.sources(SourceTable.set(tag, mask: tables.sourceMask)) else { return }
    let now = SourceTable.time(fine: settings.pointee.fine)
    let isYoung = assignment & FS_BUCKET_TRANSIT != 0 && member != BucketFields.previous(assignment)
    var way = forget(SourceTable.find(set, tag: tag), ingress)
    if way > 7 {
      way = forget(SourceTable.room(set, now: now, limit: SourceKey.limit(key)), ingress)
    }
    if way > 7 { way = Int(truncatingIfNeeded: tag >> 35 ^ ingress.pointee.rx_packets) }
    set[way & 7] = SourceTable.word(tag: tag, member: member, isYoung: isYoung, seen: now)
  }
}

/// A bucket word's members.
enum BucketFields {
  @inline(__always)
  static func current(_ word: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: word) & FS_MEMBER_MASK }

  @inline(__always)
  static func previous(_ word: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: word >> UInt64(FS_MEMBER_BITS)) & FS_MEMBER_MASK
  }

  @inline(__always)
  static func withdrawn(_ word: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: word >> UInt64(FS_BUCKET_WITHDRAWN_SHIFT)) & FS_MEMBER_MASK
  }
}

/// Of which cluster a source is asked for: the cluster's index (32 bits), how long it is remembered (16), whether the packet
/// is an error. Never 0.
enum SourceKey {
  @inline(__always)
  static func word(_ cluster: UInt32, limit: UInt32, isError: Bool) -> UInt64 {
    UInt64(cluster) | UInt64(limit & 0xffff) << 32 | (isError ? 1 << 48 : 0) | 1 << 49
  }

  @inline(__always)
  static func cluster(_ word: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: word) }

  @inline(__always)
  static func limit(_ word: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: word >> 32) & 0xffff }

  @inline(__always)
  static func isError(_ word: UInt64) -> Bool { word & 1 << 48 != 0 }
}
