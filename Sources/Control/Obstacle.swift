/// Why a member gets nothing, or nothing new.
enum Obstacle: Equatable {
  /// Nobody answered for it yet.
  case unresolved
  /// It does not answer any more.
  case silent
  /// The port's name.
  case linkDown(String)
  /// What the probe says.
  case probe(String)
  case damped(String)
  case draining
  case disabled

  /// Its flows have nobody to go to; otherwise those that it has go on.
  var isFinal: Bool { self != .draining }

  var text: String {
    switch self {
    case .unresolved: "nobody has answered for it yet"
    case .silent: "it does not answer ARP or ND any more"
    case .linkDown(let port): "port \(port) is down"
    case .probe(let text): "its probe failed: \(text)"
    case .damped(let text): "it comes and goes (\(text)): held back"
    case .draining: "it is drained by the operator"
    case .disabled: "it is disabled by the operator"
    }
  }
}
