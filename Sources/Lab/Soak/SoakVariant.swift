/// A change of the lab's configuration that must cost no connection.
enum SoakVariant: Hashable, Sendable, CustomStringConvertible {
  /// The clusters `live` and `live6` do without this member.
  case without(LabHost)
  /// A member of theirs has another weight.
  case weight(LabHost, Int)
  /// The cluster `damped` goes.
  case withoutDamped
  /// Other times.
  case settle(Int)

  static func random(using generator: inout SeededGenerator, host: LabHost) -> SoakVariant {
    let weight = Int.random(in: 20...300, using: &generator)
    let seconds = Int.random(in: 45...90, using: &generator)
    let kind = generator.pick([
      (3, SoakVariant.without(host)), (3, .weight(host, weight)), (1, .withoutDamped),
      (1, .settle(seconds)),
    ])
    return kind ?? .withoutDamped
  }

  /// The configuration, changed.
  func applied(to text: String) -> String {
    var cluster = ""
    var result: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("  - name: ") { cluster = String(line.dropFirst(10)) }
      let isLive = cluster == "live" || cluster == "live6"
      switch self {
      case .without(let host) where isLive && line.contains("{name: \(host),"): continue
      case .withoutDamped where cluster == "damped" && !line.isEmpty: continue
      case .weight(let host, let weight) where isLive && line.contains("{name: \(host),"):
        result.append(line.replacing("}", with: ", weight: \(weight)}"))
      case .settle(let seconds) where line.hasPrefix("  settle-time:"):
        result.append("  settle-time: \(seconds)s")
      default: result.append(line)
      }
    }
    return result.joined(separator: "\n")
  }

  var description: String {
    switch self {
    case .without(let host): "live without \(host)"
    case .weight(let host, let weight): "live/\(host) weighs \(weight)"
    case .withoutDamped: "no cluster damped"
    case .settle(let seconds): "settle-time \(seconds)s"
    }
  }
}
