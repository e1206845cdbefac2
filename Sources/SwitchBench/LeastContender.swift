import CSwitchBench
import Glibc

/// XDP in C that does what a switch of this kind does at the least: what it costs is no program's fault.
final class LeastContender: Contender {
  let key: String
  let title: String
  let shape = BedShape(target: .shared, needsChecksums: true)
  let targets: Int
  private let program: String
  private var object: ProgramObject?

  /// - Parameter amongMany: it looks at one of 10,000 records, too, which a frame's MAC names, each in turn.
  init(amongMany: Bool = false) {
    key = amongMany ? "least-many" : "least"
    title = amongMany ? "XDP, a look at 10,000 records in turns" : "XDP, header read and MAC written"
    targets = amongMany ? Int(BENCH_CLUSTERS) : 1
    program = amongMany ? "forth_among_many" : "forth"
  }

  func start(on bed: Bed, programs: Programs) throws {
    let object = try programs.load("least")
    self.object = object
    let ports = try bed.ports()
    let words = MAC.members.map { mac in
      mac.bytes.enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
    }
    try Kernel.check(sb_map_set(object.map("servers"), 0, words), "fill the servers")
    try bed.network.inside {
      for (number, port) in ports.enumerated() {
        var value = UInt32(port)
        let key = UInt32(number == 0 ? MAC.members.count : number - 1)
        try Kernel.check(sb_map_set(object.map("ports"), key, &value), "fill the devmap")
      }
      for (number, port) in ports.enumerated() {
        let program = try object.program(number == 0 ? self.program : "back")
        try Kernel.check(sb_attach_xdp(port, program), "attach XDP to p\(number)")
      }
    }
  }

  func stop() { object = nil }
}
