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

// Flows without a flow table: only buckets in transition ask it ("previous" is where the bucket was; "withdrawn" is who
// took new flows since and takes none any more, if there is one; "observed" is one of the two, as the word says).
//
//                    │ entry    │ no entry
//  TCP SYN           │ as entry │ current, entered; no room: previous
//  other TCP         │ as entry │ previous: the connection began before the move
//  else, observing   │ as entry │ observed, entered: it shall stay there
//  else, afterwards  │ as entry │ current
//
// In sticky clusters the source comes after the flow's entry, and before the rest (Pipeline+Sources.swift).
// An entry counts if it names one of the three. Where current is previous again (the move was taken back), what goes there
// needs no entry, and is no use of an old path: only the withdrawn member's flows are.
extension Pipeline {
  @inline(__always)
  func chooseInTransit(
    _ assignment: UInt64, _ packet: Packet, _ bucket: UInt32, sticky: UInt32,
    _ ingress: UnsafeMutablePointer<fs_port>
  ) -> TransitChoice {
    let current = BucketFields.current(assignment)
    let previous = BucketFields.previous(assignment)
    // 0 is nobody: no entry names it.
    let withdrawn = BucketFields.withdrawn(assignment)
    let observed = assignment & FS_BUCKET_OBSERVE_WITHDRAWN != 0 ? withdrawn : previous
    guard let settings = tables.settings() else {
      return TransitChoice(member: current, isNew: false, isLeaving: false)
    }
    let now = settings.pointee.coarse
    let lifetime: UInt32 = 250
    let tag = packet.key.tag(seed: settings.pointee.seed)
    let isTCP = packet.isTCP
    let begins = packet.beginsConnection
    guard let set = tables.flows(FlowTable.set(tag, mask: tables.flowMask)) else {
      return go(previous, current, bucket, settings.pointee.fine)
    }
    let way = forget(FlowTable.find(set, tag: tag), ingress)
    if way < 8 {
      let word = set[way & 7]
      let member = FlowTable.member(word)
      // An entry of an older transition names no member of this one.
      if member == current || member == previous || member == withdrawn {
        ingress.pointee.note |= UInt64(FS_NOTE_KNOWN)
        let fresh = FlowTable.word(
          tag: tag, member: member, mark: FlowTable.isMarked(word) || !begins, seen: now)
        if fresh != word && !packet.isError { set[way & 7] = fresh }
        return go(member, current, bucket, settings.pointee.fine)
      }
      if !packet.isError { set[way & 7] = 0 }
    }
    if sticky != 0 { return TransitChoice(member: sticky, isNew: begins, isLeaving: false) }
    if packet.isError {
      let member = isTCP ? previous : assignment & FS_BUCKET_OBSERVE != 0 ? observed : current
      return go(member, current, bucket, settings.pointee.fine)
    }
    if isTCP {
      if !begins { return go(previous, current, bucket, settings.pointee.fine) }
      // Nobody takes new flows: the last member drains. Or the member has what is not entered.
      if current == 0 || current == previous {
        return TransitChoice(member: current, isNew: true, isLeaving: false)
      }
      let word = FlowTable.word(tag: tag, member: current, mark: false, seen: now)
      if FlowTable.insert(set, word, now: now, lifetime: lifetime) {
        return TransitChoice(member: current, isNew: true, isLeaving: false)
      }
      return unentered(previous, current, bucket, settings.pointee.fine)
    }
    if assignment & FS_BUCKET_OBSERVE != 0 && observed != current {
      let word = FlowTable.word(tag: tag, member: observed, mark: false, seen: now)
      if FlowTable.insert(set, word, now: now, lifetime: lifetime) {
        return go(observed, current, bucket, settings.pointee.fine)
      }
      return unentered(observed, current, bucket, settings.pointee.fine)
    }
    return TransitChoice(member: current, isNew: false, isLeaving: false)
  }

  /// To a member of the transition. If it is an old path, control must see that it is still in use.
  @inline(__always)
  private func go(_ member: UInt32, _ current: UInt32, _ bucket: UInt32, _ fine: UInt32) -> TransitChoice {
    if member == current { return TransitChoice(member: current, isNew: false, isLeaving: false) }
    if let transit = tables.transit(bucket), transit.pointee.previous_fine != fine {
      transit.pointee.previous_fine = fine
    }
    return TransitChoice(member: member, isNew: false, isLeaving: true)
  }

  @inline(__always)
  private func unentered(_ member: UInt32, _ current: UInt32, _ bucket: UInt32, _ fine: UInt32)
    -> TransitChoice
  {
    if let record = tables.member(member) { record.pointee.unentered &+= 1 }
    return go(member, current, bucket, fine)
  }
}
