import CSwitchBench
import Glibc

/// Counts what arrives on interfaces, and how long it took.
final class Sink {
  private let object: ProgramObject
  private let map: Int32
  private var attached: [(Namespace, Int32)] = []

  init(_ programs: Programs) throws {
    object = try programs.load("sink")
    map = try object.map("sink")
  }

  deinit { detach() }

  func attach(_ namespace: Namespace, _ interface: String) throws {
    let index = try namespace.index(interface)
    let program = try object.program("absorb")
    try Kernel.check(
      namespace.inside { sb_attach_xdp(index, program) },
      "attach the sink to \(interface)")
    attached.append((namespace, index))
  }

  /// From here on all frames pass.
  func detach() {
    for (namespace, index) in attached {
      _ = try? namespace.inside { sb_attach_xdp(index, -1) }
    }
    attached = []
  }

  /// What there was since it was made.
  func counts() throws -> SinkCounts {
    // As words: members of `bench_sink` in their order.
    var words = [UInt64](repeating: 0, count: Int(BENCH_SINK_WORDS))
    try Kernel.check(sb_map_sum(map, &words, words.count * 8), "read the sink")
    let members = words[4..<8].map { Int($0) }
    return SinkCounts(
      frames: Int(words[0]), others: Int(words[2]), members: members,
      latency: Histogram(slots: Array(words[8...])))
  }
}
