import CNetlink
import Glibc

/// libFuzzer's main, but for the program's arguments: it runs what it is given until the arguments say enough.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ argc: UnsafeMutablePointer<Int32>,
  _ argv: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Runs libFuzzer on one target: `FLOWSWITCH_FUZZ=TARGET Fuzz [option…] [folder or file…]`. Without a target it lists
/// them. The target is in the environment because libFuzzer starts itself anew for some of its work.
@main
struct Fuzz {
  static func main() {
    let wanted = getenv("FLOWSWITCH_FUZZ").map { String(cString: $0) }
    guard let target = FuzzTarget.all.first(where: { $0.name == wanted }) else {
      for target in FuzzTarget.all {
        print("\(target.name)\t\(target.about)\(target.needsRoot ? " (root)" : "")")
      }
      exit(wanted == nil ? 0 : 2)
    }
    if target.needsRoot && geteuid() != 0 {
      print("\(target.name) needs root")
      exit(3)
    }
    // Nothing that a target does leaves this machine.
    if fs_unshare_network() != 0 && target.name == FuzzTarget.filter.name {
      print("\(target.name) needs root, to be where no network is")
      exit(3)
    }
    FuzzRun.target = target
    var arguments = CommandLine.arguments
    if !arguments.contains(where: { $0.hasPrefix("-max_len=") }) {
      arguments.insert("-max_len=\(target.longest)", at: 1)
    }
    // libFuzzer lets inputs grow slowly, but not where the mutator is not its own; it is, for most targets.
    if target.mutation == nil && !arguments.contains(where: { $0.hasPrefix("-len_control=") }) {
      arguments.insert("-len_control=100", at: 1)
    }
    // Kept: libFuzzer refers to them.
    var pointers = arguments.map { strdup($0) } + [nil]
    var count = Int32(arguments.count)
    let code = pointers.withUnsafeMutableBufferPointer { pointers -> Int32 in
      guard var base = pointers.baseAddress else { return 1 }
      return runDriver(&count, &base) { bytes, count in
        FuzzRun.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
      }
    }
    exit(code)
  }
}
