import CSwitchBench
import Glibc

/// The ceiling: XDP that does nothing but redirect.
final class RedirectContender: Contender {
  static let ceiling = "redirect"
  let key: String = RedirectContender.ceiling
  let title = "raw XDP redirect"
  let shape = BedShape(target: .member(0), needsChecksums: true)
  var reaches: Int { 1 }
  private var object: ProgramObject?

  func start(on bed: Bed, programs: Programs) throws {
    let object = try programs.load("redirect")
    self.object = object
    let ports = try bed.ports()
    try bed.network.inside {
      for (key, port) in [ports[1], ports[0]].enumerated() {
        var value = UInt32(port)
        try Kernel.check(sb_map_set(object.map("ports"), UInt32(key), &value), "fill the devmap")
      }
      for (number, port) in ports.enumerated() {
        let program = try object.program(number == 0 ? "forth" : "back")
        try Kernel.check(sb_attach_xdp(port, program), "attach XDP to p\(number)")
      }
    }
  }

  func stop() { object = nil }
}
