import SwitchModel

/// The switch in one line: what there is, how much of it works, what goes through.
struct TopSummary: Hashable, Sendable {
  /// Of things of one kind.
  struct Count: Hashable, Sendable {
    var able = 0
    var total = 0
    var worst = StateMeaning.plain

    mutating func add(_ meaning: StateMeaning) {
      total += 1
      if meaning != .bad && meaning != .warning { able += 1 }
      worst = max(worst, meaning)
    }

    var text: String { "\(able)/\(total)" }
  }

  var counts: [TopView: Count] = [:]
  var received = TopRates.Traffic()
  var sent = TopRates.Traffic()
  var newFlows: Rate?
  var dropped: Rate?

  init(_ rates: TopRates) {
    let now = rates.now
    for row in now.ports { counts[.ports, default: Count()].add(StateMeaning(row.link)) }
    for row in now.clusters { counts[.clusters, default: Count()].add(StateMeaning(row.state)) }
    for row in now.members { counts[.members, default: Count()].add(StateMeaning(row.state)) }
    for row in now.routers { counts[.routers, default: Count()].add(StateMeaning(row.state)) }
    received = TopSummary.sum(now.ports.map(rates.received))
    sent = TopSummary.sum(now.ports.map(rates.sent))
    newFlows = Rate.sum(now.members.map { rates.of($0).newFlows })
    dropped = Rate.sum(now.ports.map(rates.dropped))
  }

  /// Of all that there is.
  var worst: StateMeaning { counts.values.map(\.worst).max() ?? .plain }

  private static func sum(_ traffic: [TopRates.Traffic]) -> TopRates.Traffic {
    TopRates.Traffic(packets: Rate.sum(traffic.map(\.packets)), bits: Rate.sum(traffic.map(\.bits)))
  }

  /// `in 1.21M pkt/s 9.80G bit/s`, …: each part on its own, the most telling first.
  var parts: [(text: String, meaning: StateMeaning)] {
    func text(_ rate: Rate?) -> String { rate?.text ?? "-" }
    let isDropping = (dropped?.perSecond ?? 0) > 0
    return [
      ("in \(text(received.packets)) pkt/s \(text(received.bits)) bit/s", .plain),
      ("out \(text(sent.packets)) pkt/s \(text(sent.bits)) bit/s", .plain),
      ("drops \(text(dropped))/s", isDropping ? .warning : .plain),
      ("new flows \(text(newFlows))/s", .plain),
    ]
  }
}

extension StateMeaning {
  /// States are told apart by shape too. These have one column everywhere, also where East Asian fonts widen others.
  func sign(_ characters: CharacterSet) -> String {
    switch (self, characters) {
    case (.plain, .unicode): "◦"
    case (.good, .unicode): "✓"
    case (.bad, .unicode): "✗"
    case (.plain, .ascii): "."
    case (.good, .ascii): "+"
    case (.bad, .ascii): "X"
    case (.warning, _): "!"
    }
  }
}
