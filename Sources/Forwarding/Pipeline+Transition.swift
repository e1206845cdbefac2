#if canImport(Wire)
  import Wire
#endif
#if canImport(CTables)
  import CTables
#endif

/// Where a packet of a bucket in transition goes.
struct TransitChoice {
  var member: UInt32
  var isNew: Bool
  var isLeaving: Bool
}

// Flows without a flow table: only buckets in transition ask it ("previous" is where the bucket was).
//
//                    │ entry    │ no entry
//  TCP SYN           │ as entry │ current, entered; no room: previous
//  other TCP         │ as entry │ previous: the connection began before the move
//  else, observing   │ as entry │ previous, entered: it shall stay there
//  else, afterwards  │ as entry │ current
extension Pipeline {
  @inline(__always)
  func chooseInTransit(
    _ assignment: UInt64, _ packet: Packet, _ bucket: UInt32, _ ingress: UnsafeMutablePointer<fs_port>
  ) -> TransitChoice {
    let current = UInt32(truncatingIfNeeded: assignment) & FS_MEMBER_MASK
    let previous = UInt32(truncatingIfNeeded: assignment >> UInt64(FS_MEMBER_BITS)) & FS_MEMBER_MASK
    guard let settings = tables.settings() else {
      return TransitChoice(member: current, isNew: false, isLeaving: false)
    }
    let now = settings.pointee.coarse
    let lifetime: UInt32 = 250
    let tag = packet.key.tag(seed: settings.pointee.seed)
    let isTCP = packet.isTCP
    let random = tag >> 27 ^ ingress.pointee.rx_packets
    let begins = packet.beginsConnection
    guard let set = tables.flows(FlowTable.set(tag, mask: tables.flowMask)) else {
      return leave(previous, bucket, settings.pointee.fine)
    }
    let way = forget(FlowTable.find(set, tag: tag), ingress)
    if way < 8 {
      let word = set[way & 7]
      let member = FlowTable.member(word)
      // An entry of an older transition names neither member of this one.
      if member == current || member == previous {
        let fresh = FlowTable.word(
          tag: tag, member: member, mark: FlowTable.isMarked(word) || !begins, seen: now)
        if fresh != word && !packet.isError { set[way & 7] = fresh }
        if member == previous { return leave(previous, bucket, settings.pointee.fine) }
        return TransitChoice(member: current, isNew: false, isLeaving: false)
      }
      if !packet.isError { set[way & 7] = 0 }
    }
    if packet.isError {
      let isStaying = isTCP || assignment & FS_BUCKET_OBSERVE != 0
      return isStaying
        ? leave(previous, bucket, settings.pointee.fine)
        : TransitChoice(member: current, isNew: false, isLeaving: false)
    }
    if isTCP {
      if !begins { return leave(previous, bucket, settings.pointee.fine) }
      // Nobody takes new flows: the last member drains.
      if current == 0 { return TransitChoice(member: 0, isNew: false, isLeaving: false) }
      let word = FlowTable.word(tag: tag, member: current, mark: false, seen: now)
      if FlowTable.insert(set, word, now: now, lifetime: lifetime, random: random) {
        return TransitChoice(member: current, isNew: true, isLeaving: false)
      }
      return unentered(previous, bucket, settings.pointee.fine)
    }
    if assignment & FS_BUCKET_OBSERVE != 0 {
      let word = FlowTable.word(tag: tag, member: previous, mark: false, seen: now)
      if FlowTable.insert(set, word, now: now, lifetime: lifetime, random: random) {
        return leave(previous, bucket, settings.pointee.fine)
      }
      return unentered(previous, bucket, settings.pointee.fine)
    }
    return TransitChoice(member: current, isNew: false, isLeaving: false)
  }

  /// The previous path: control must see that it is still in use.
  @inline(__always)
  private func leave(_ previous: UInt32, _ bucket: UInt32, _ fine: UInt32) -> TransitChoice {
    if let transit = tables.transit(bucket), transit.pointee.previous_fine != fine {
      transit.pointee.previous_fine = fine
    }
    return TransitChoice(member: previous, isNew: false, isLeaving: true)
  }

  @inline(__always)
  private func unentered(_ previous: UInt32, _ bucket: UInt32, _ fine: UInt32) -> TransitChoice {
    if let member = tables.member(previous) { member.pointee.unentered &+= 1 }
    return leave(previous, bucket, fine)
  }
}
