@testable import Balancing

/// The flows of one bucket, as the datapath carries them (the table in Pipeline+Transition.swift): what a state does to
/// those that live. A flow stands for all that are like it.
struct FlowModel: Hashable {
  struct Flow {
    var isTCP: Bool
    var member: MemberIndex
    var isEntered: Bool
  }

  /// A bit for each kind of flow that there is: whole histories are compared by the thousand.
  private var bits: UInt64 = 0

  private static func bit(_ flow: Flow) -> UInt64 {
    1 << UInt64(flow.member.raw * 4 + (flow.isTCP ? 2 : 0) + (flow.isEntered ? 1 : 0))
  }

  /// Members 1...15.
  private static func flow(_ bit: Int) -> Flow? {
    MemberIndex(raw: UInt32(bit / 4)).map { Flow(isTCP: bit & 2 != 0, member: $0, isEntered: bit & 1 != 0) }
  }

  private var flows: [Flow] {
    var found: [Flow] = []
    var rest = bits
    while rest != 0 {
      if let flow = Self.flow(rest.trailingZeroBitCount) { found.append(flow) }
      rest &= rest - 1
    }
    return found
  }

  private mutating func end(_ isEnding: (Flow) -> Bool) {
    for flow in flows where isEnding(flow) { bits &= ~Self.bit(flow) }
  }

  /// A packet's way: to whom, and whether the flow is entered by it. Nil: it is dropped.
  static func path(_ state: BucketState, isTCP: Bool, begins: Bool, entry: MemberIndex?)
    -> (member: MemberIndex?, enters: Bool)
  {
    guard let previous = state.previous else { return (state.current, false) }
    if let entry, state.leads(to: entry) { return (entry, false) }
    if isTCP { return begins ? (state.current, state.current != previous) : (previous, false) }
    guard let observed = state.observed else { return (state.current, false) }
    return (observed, observed != state.current)
  }

  /// Flows of the dead end.
  mutating func bury(_ dead: Set<MemberIndex>) { end { dead.contains($0.member) } }

  /// Every flow sends a packet. Returns one that moved.
  mutating func send(_ state: BucketState) -> Flow? {
    var sent: UInt64 = 0
    for var flow in flows {
      let path = Self.path(
        state, isTCP: flow.isTCP, begins: false, entry: flow.isEntered ? flow.member : nil)
      if path.member != flow.member { return flow }
      flow.isEntered = flow.isEntered || path.enters
      sent |= Self.bit(flow)
    }
    bits = sent
    return nil
  }

  /// A flow of each kind begins.
  mutating func begin(_ state: BucketState) {
    for isTCP in [true, false] {
      let path = Self.path(state, isTCP: isTCP, begins: true, entry: nil)
      if let member = path.member {
        bits |= Self.bit(Flow(isTCP: isTCP, member: member, isEntered: path.enters))
      }
    }
  }

  /// Flows whose packets would be a use of the old paths end.
  mutating func endOld(_ state: BucketState) {
    if state.isInTransition { end { $0.member != state.current } }
  }
}
