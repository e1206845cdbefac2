#if canImport(Wire)
  import Wire
#endif
#if canImport(CTables)
  import CTables
#endif

/// What a sticky cluster knows of a packet's source.
struct KnownSource {
  /// Member in the lower half; bit 32: young. 0: the source is not known.
  fileprivate var word: UInt64

  @inline(__always) static var unknown: KnownSource { KnownSource(word: 0) }
  @inline(__always) var member: UInt32 { UInt32(truncatingIfNeeded: word) }
  @inline(__always) var isYoung: Bool { word >> 32 != 0 }
}

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
extension Pipeline {
  /// Looks the source up, and notes that it was seen.
  @inline(__always)
  func source(
    _ entry: UnsafeMutablePointer<fs_cluster>, _ cluster: UInt32, _ packet: Packet, isTransit: Bool,
    _ ingress: UnsafeMutablePointer<fs_port>
  ) -> KnownSource {
    if entry.pointee.flags & FS_CLUSTER_STICKY == 0 { return .unknown }
    let flags: UInt64 = (packet.isError ? 1 << 33 : 0) | (isTransit ? 1 << 32 : 0)
    let found = find(
      source: packet.key.sourceHi, packet.key.sourceLo, UInt64(cluster) | flags, entry.pointee.sticky)
    return KnownSource(word: forget(found, ingress))
  }

  /// The member that the source has, where this decides; 0: the bucket does.
  @inline(__always)
  func stickyMember(_ source: KnownSource, _ assignment: UInt64) -> UInt32 {
    if !source.isYoung || assignment & FS_BUCKET_TRANSIT == 0 { return source.member }
    let current = UInt32(truncatingIfNeeded: assignment) & FS_MEMBER_MASK
    let withdrawn =
      UInt32(truncatingIfNeeded: assignment >> UInt64(FS_BUCKET_WITHDRAWN_SHIFT)) & FS_MEMBER_MASK
    return source.member == current || source.member == withdrawn ? 0 : source.member
  }

  /// Enters a source that was not known, or whose bucket gave it another member meanwhile.
  @inline(__always)
  func remember(
    _ source: KnownSource, _ member: UInt32, _ entry: UnsafeMutablePointer<fs_cluster>, _ cluster: UInt32,
    _ packet: Packet, _ assignment: UInt64, _ ingress: UnsafeMutablePointer<fs_port>
  ) {
    if entry.pointee.flags & FS_CLUSTER_STICKY == 0 || packet.isError { return }
    if member == 0 || member == source.member { return }
    let isTransit = assignment & FS_BUCKET_TRANSIT != 0
    let current = UInt32(truncatingIfNeeded: assignment) & FS_MEMBER_MASK
    let previous = UInt32(truncatingIfNeeded: assignment >> UInt64(FS_MEMBER_BITS)) & FS_MEMBER_MASK
    if source.member != 0 && (stickyMember(source, assignment) != 0 || member != current) { return }
    let isYoung = isTransit && member != previous
    let what = UInt64(cluster) | UInt64(member) << 32 | (isYoung ? 1 << 63 : 0)
    enter(
      source: packet.key.sourceHi, packet.key.sourceLo, what, entry.pointee.sticky, ingress.pointee.rx_packets
    )
  }

  // Functions of their own in the kernel.

  /// The `KnownSource`'s word. `what`: cluster; bit 32: its bucket is in transition; bit 33: nothing is written.
  @inline(never)
  private func find(source hi: UInt64, _ lo: UInt64, _ what: UInt64, _ limit: UInt32) -> UInt64 {
    guard let settings = tables.settings() else { return 0 }
    let cluster = UInt32(truncatingIfNeeded: what)
    let tag = SourceTable.tag(hi, lo, cluster: cluster, seed: settings.pointee.seed)
    guard let set = tables.sources(SourceTable.set(tag, mask: tables.sourceMask)) else { return 0 }
    let way = SourceTable.find(set, tag: tag)
    if way > 7 { return 0 }
    let word = set[way & 7]
    let now = SourceTable.time(fine: settings.pointee.fine)
    if SourceTable.age(word, now) > limit { return 0 }
    let number = SourceTable.member(word)
    guard let member = tables.member(number), number != 0, member.pointee.cluster == cluster,
      member.pointee.link & FS_LINK_VALID != 0, member.pointee.flags & FS_MEMBER_STOPPED == 0
    else { return 0 }
    let isYoung = SourceTable.isYoung(word) && what & 1 << 32 != 0
    let fresh = SourceTable.word(tag: tag, member: number, isYoung: isYoung, seen: now)
    if fresh != word && what & 1 << 33 == 0 { set[way & 7] = fresh }
    return UInt64(number) | (isYoung ? 1 << 32 : 0)
  }

  /// `what`: cluster, member << 32, young << 63.
  @inline(never)
  private func enter(source hi: UInt64, _ lo: UInt64, _ what: UInt64, _ limit: UInt32, _ random: UInt64) {
    guard let settings = tables.settings() else { return }
    let tag = SourceTable.tag(
      hi, lo, cluster: UInt32(truncatingIfNeeded: what), seed: settings.pointee.seed)
    guard let set = tables.sources(SourceTable.set(tag, mask: tables.sourceMask)) else { return }
    let now = SourceTable.time(fine: settings.pointee.fine)
    let fresh = SourceTable.word(
      tag: tag, member: UInt32(truncatingIfNeeded: what >> 32) & FS_MEMBER_MASK, isYoung: what >> 63 != 0,
      seen: now)
    SourceTable.enter(set, fresh, now: now, limit: limit, random: tag >> 35 ^ random)
  }
}
