/// What happens to the daemon, or what an operator orders, in a round of the soak.
enum SoakOrder: Hashable, Sendable, CustomStringConvertible {
  /// SIGKILL; started again at the order's end.
  case kill
  /// Killed, and killed again that many milliseconds into its start.
  case killTwice(Int)
  /// SIGSTOP; continued at the order's end.
  case stop
  /// SIGUSR2, as for an upgrade: the datapath stays; started again at the order's end.
  case upgrade
  /// Another configuration; the former one at the order's end.
  case apply(SoakVariant)
  /// The same configuration again.
  case reload
  case drain(LabHost)
  case disable(LabHost)

  static func random(using generator: inout SeededGenerator, besides taken: Set<LabHost>) -> SoakOrder {
    let hosts = LabHost.servers.filter { !taken.contains($0) }
    let host = hosts.randomElement(using: &generator) ?? .s1
    let variant = SoakVariant.random(using: &generator, host: host)
    let moment = Int.random(in: 1...600, using: &generator)
    let kind = generator.pick([
      (3, SoakOrder.kill), (1, .killTwice(moment)), (2, .stop), (2, .upgrade), (4, .apply(variant)),
      (1, .reload), (2, .drain(host)), (1, .disable(host)),
    ])
    return kind ?? .kill
  }

  /// Whose connections may break.
  var victim: LabHost? {
    if case .disable(let host) = self { host } else { nil }
  }

  /// While it lasts no daemon answers.
  var isSilent: Bool {
    switch self {
    case .kill, .killTwice, .stop, .upgrade: true
    case .apply, .reload, .drain, .disable: false
    }
  }

  var description: String {
    switch self {
    case .kill: "the daemon is killed"
    case .killTwice(let moment): "the daemon is killed, and again \(moment) ms into its start"
    case .stop: "the daemon is stopped (SIGSTOP)"
    case .upgrade: "the daemon ends as for an upgrade (SIGUSR2)"
    case .apply(let variant): "apply: \(variant)"
    case .reload: "reload"
    case .drain(let host): "drain \(host)"
    case .disable(let host): "disable \(host)"
    }
  }
}
