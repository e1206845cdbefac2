import CSwitchBench

/// A loop in C in user space that takes a frame, rewrites it and sends it.
final class LoopContender: Contender {
  enum Kind {
    /// `pcap_next_ex`, `pcap_inject`.
    case pcap
    /// A TPACKET_V3 ring, `sendmmsg` past the queueing discipline.
    case tpacket
  }

  let key: String
  let title: String
  let shape = BedShape(target: .shared, needsChecksums: true, needsSegments: true, isInKernel: false)
  private let kind: Kind
  private var loop: OpaquePointer?

  init(_ kind: Kind) {
    self.kind = kind
    key = kind == .pcap ? "pcap-loop" : "tpacket-loop"
    title = kind == .pcap ? "libpcap, loop in C" : "TPACKET_V3, loop in C"
  }

  func start(on bed: Bed, programs: Programs) throws {
    var error: Int32 = 0
    loop = sb_loop_start(
      Int32(kind == .pcap ? SB_LOOP_PCAP : SB_LOOP_TPACKET), bed.network.descriptor,
      MAC.members.flatMap(\.bytes), &error)
    try Kernel.check(loop == nil ? error : 0, "forward in user space")
  }

  func stop() {
    if let loop { sb_loop_stop(loop) }
    loop = nil
  }
}
