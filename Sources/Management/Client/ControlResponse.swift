/// An answer of the daemon, not yet looked into.
struct ControlResponse: Sendable {
  var status: Int
  var body: [UInt8]
}
