import ProxyARP

/// What a switch has told its neighbours, for the one that takes its place in this process.
struct Announced: Sendable {
  /// With what is to be said again.
  var announcer: Announcer
  var addresses: Set<VirtualAddress>
  /// Names of the ports on which it was said.
  var ports: Set<String>
}
