import CSwitchBench
import Glibc

/// A C program at tc ingress that hashes, rewrites and redirects.
final class ClsactContender: Contender {
  let key = "clsact"
  let title = "tc clsact, C program"
  let shape = BedShape(target: .shared, needsChecksums: false)
  private var object: ProgramObject?

  func start(on bed: Bed, programs: Programs) throws {
    let object = try programs.load("clsact")
    self.object = object
    let ports = try bed.ports()
    let map = try object.map("members")
    for (number, port) in ports.enumerated() {
      // struct member of clsact.c
      var record = (number == 0 ? MAC.client : .member(number - 1)).bytes + [0, 0]
      withUnsafeBytes(of: UInt32(port)) { record += Array($0) }
      try Kernel.check(
        sb_map_set(map, UInt32(number == 0 ? ports.count - 1 : number - 1), record), "fill the members")
    }
    try bed.network.inside {
      for (number, port) in ports.enumerated() {
        let program = try object.program(number == 0 ? "forth" : "back")
        try Kernel.check(sb_attach_tc(port, program), "attach a program to p\(number)")
      }
    }
  }

  func stop() { object = nil }
}
