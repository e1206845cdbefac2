/// What forwards, seen from control: tables to write, and ports to put into it.
public protocol Datapath: AnyObject, Sendable {
  var kind: DatapathKind { get }
  var tables: TableMemory { get }
  /// The tables held the state of an earlier daemon when they were opened.
  var isAdopted: Bool { get }
  /// Begins to switch on an interface. The tables must be filled before.
  func attach(port: Int, interface: String, ifindex: Int) throws(DatapathError)
  /// Ends switching on a port, whose interface may be gone.
  func detach(port: Int)
  /// Shows what passes, until the tap is closed. `onSample` is called on threads of the datapath. One tap at a time.
  func openTap(_ onSample: @escaping @Sendable (TapSample) -> Void) throws(DatapathError) -> any Tap
  /// Captures what comes in on these ports (all, if nil), before and after the pipeline, until it is closed; `missed`
  /// then counts packets. `onSample` is called on threads of the datapath. Not beside a tap.
  /// - Parameter snap: bytes of a frame that are kept, `FS_CAPTURE_BYTES` at the most.
  func openCapture(
    ports: Set<Int>?, snap: Int, _ onSample: @escaping @Sendable (CaptureSample) -> Void
  ) throws(DatapathError) -> any Tap
  /// Takes over what the earlier tables learned since these were made: before the first port goes over to these tables,
  /// and at last when all have.
  func catchUp(isLast: Bool)
  /// Ends. With `keep` the kernel goes on forwarding (X7), where the kernel forwards.
  func close(keep: Bool)
}

extension Datapath {
  /// Nothing, where nothing is forwarded between the one and the other.
  public func catchUp(isLast: Bool) {}
}

public enum DatapathKind: String, Sendable {
  case xdp
  case xdpGeneric = "xdp-generic"
  /// At tc ingress.
  case tc
  case pcap
}
