/// Something that gets frames from the client to the servers.
protocol Contender: AnyObject {
  /// In results and in `--only`.
  var key: String { get }
  var title: String { get }
  var shape: BedShape { get }
  /// The servers that frames of many flows come to.
  var reaches: Int { get }
  /// Shared addresses that frames are sent to.
  var targets: Int { get }
  /// Makes it work on the ports p0…p4. The bed outlives it.
  func start(on bed: Bed, programs: Programs) throws
  func stop()
  /// Called after `start` and after each of its turns: it leaves the processors to others.
  func rest()
  func resume() throws
}

extension Contender {
  var reaches: Int { MAC.members.count }
  var targets: Int { 1 }
  func rest() {}
  func resume() throws {}
}
