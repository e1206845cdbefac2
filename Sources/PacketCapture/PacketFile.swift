public import SwitchModel

/// A capture of the switch as pcapng: an interface a port, and each packet twice where it goes on: inbound at the port
/// it came in on, and outbound, as rewritten, at the port it leaves by. Both have the same packet number, and the
/// decision as their comment.
public struct PacketFile: Sendable {
  private var writer: PcapNGWriter
  private var ports: [String: Int] = [:]

  /// - Parameter snapLength: bytes of a frame kept at the most.
  public init(snapLength: Int) { writer = PcapNGWriter(snapLength: snapLength) }

  /// What the file begins with. `ports`: name and role, in the configuration's order.
  public mutating func header(
    hardware: String, operatingSystem: String, ports names: [(name: String, role: String)]
  ) -> [UInt8] {
    var bytes = writer.header(
      hardware: hardware, operatingSystem: operatingSystem,
      application: "flowswitch \(FlowSwitchVersion.current)")
    for port in names { bytes += declare(port.name, port.role) }
    return bytes
  }

  private mutating func declare(_ port: String, _ description: String) -> [UInt8] {
    if ports[port] != nil { return [] }
    ports[port] = ports.count
    return writer.interface(name: port, description: description)
  }

  /// - Parameter missed: packets that the capture missed since the packet before.
  public mutating func packet(_ packet: CapturedPacket, missed: UInt64 = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    add(packet, missed: missed, to: &bytes)
    return bytes
  }

  /// The same, behind what is there.
  public mutating func add(_ packet: CapturedPacket, missed: UInt64 = 0, to output: inout [UInt8]) {
    let port = number(of: packet.port, &output)
    let out = packet.out.map { number(of: $0, &output) } ?? port
    var frame = CaptureFrame(
      interface: port, time: packet.time, originalLength: packet.length, bytes: packet.before)
    frame.direction = .inbound
    frame.packetID = packet.number
    frame.dropCount = missed
    frame.comments = [packet.decision]
    // Of what was answered, only the answer may be known.
    if !(packet.before.isEmpty && packet.after != nil) { writer.add(frame, to: &output) }
    guard let after = packet.after else { return }
    frame.interface = out
    frame.bytes = after
    let change = packet.before.isEmpty ? 0 : after.count - packet.before.count
    frame.originalLength = max(packet.length + change, after.count)
    frame.direction = .outbound
    frame.dropCount = nil
    writer.add(frame, to: &output)
  }

  /// A port's interface, which is declared if it was not.
  private mutating func number(of port: String, _ output: inout [UInt8]) -> Int {
    if let number = ports[port] { return number }
    output += declare(port, "")
    return ports[port] ?? 0
  }

  /// What was captured and missed so far. `time`: nanoseconds since 1970.
  public func statistics(received: UInt64, missed: UInt64, time: UInt64) -> [UInt8] {
    if ports.isEmpty { return [] }
    return writer.statistics(CaptureStatistics(interface: 0, received: received, missed: missed), time: time)
  }
}
