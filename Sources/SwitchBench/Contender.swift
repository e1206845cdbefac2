/// Something that gets frames from the client to the servers.
protocol Contender: AnyObject {
  /// In results and in `--only`.
  var key: String { get }
  var title: String { get }
  var shape: BedShape { get }
  /// Whether every frame gets a server's MAC; what does not stays with the first server.
  var balances: Bool { get }
  /// Makes it work on the ports p0…p4. The bed outlives it.
  func start(on bed: Bed, programs: Programs) throws
  func stop()
}

extension Contender {
  var balances: Bool { true }
}
