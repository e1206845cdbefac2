import Datapath
import Forwarding
public import PacketCapture
import SwitchModel
import Wire

/// Runs the frames of a capture through the pipeline.
public struct CaptureReplay {
  public private(set) var summary = ReplaySummary()
  public let offline: OfflineSwitch
  private let pipeline: HostPipeline
  private let forcedPort: Int?
  private let readdresses: Bool
  private var interfaces: [CaptureInterface] = []

  /// Frames that are longer are left out.
  static let longestFrame = 65_553

  /// - Parameters:
  ///   - port: the port that every frame comes in on; nil: by the interface's name in the capture if a port has that
  ///     name, else by who sent it.
  ///   - readdresses: frames for a cluster's address are given the destination MAC that a router would use, for captures
  ///     that were made without a switch.
  public init(_ offline: OfflineSwitch, port: String? = nil, readdresses: Bool = false) throws(ReplayError) {
    self.offline = offline
    self.readdresses = readdresses
    pipeline = HostPipeline(offline.tables)
    guard let port else {
      forcedPort = nil
      return
    }
    guard let number = offline.portNumber(port) else {
      let names = offline.configuration.ports.map(\.name).joined(separator: ", ")
      throw ReplayError("the configuration has no port \(port); its ports are \(names)")
    }
    forcedPort = number
  }

  /// The next thing in the capture. Nil: nothing that is replayed.
  public mutating func take(_ item: CaptureItem) -> ReplayedPacket? {
    switch item {
    case .interface(_, let interface):
      interfaces.append(interface)
      return nil
    case .statistics: return nil
    case .frame(let frame): return replay(frame)
    }
  }

  private mutating func replay(_ frame: CaptureFrame) -> ReplayedPacket? {
    if frame.direction == .outbound {
      summary.outbound += 1
      return nil
    }
    guard interfaces.indices.contains(frame.interface),
      interfaces[frame.interface].linkType == CaptureInterface.ethernet,
      frame.originalLength <= CaptureReplay.longestFrame, frame.bytes.count <= CaptureReplay.longestFrame
    else {
      summary.unusable += 1
      return nil
    }
    var bytes = frame.bytes
    if bytes.count < frame.originalLength {
      bytes += [UInt8](repeating: 0, count: frame.originalLength - bytes.count)
      summary.padded += 1
    }
    let about = FrameSummary(bytes)
    let ingress = port(of: frame, about)
    if readdresses { readdress(&bytes, about) }
    let elapsed = advance(to: frame.time)
    let decision = pipeline.process(bytes, port: ingress)
    var packet = CapturedPacket(
      number: summary.packets + 1, time: frame.time ?? summary.last ?? 0, port: offline.portName(ingress),
      verdict: .drop, isKnown: decision.note.isKnown, length: bytes.count, before: bytes, after: decision.sent
    )
    switch decision.verdict {
    case .drop(let reason): packet.reason = reason.name
    case .punt(let reason):
      packet.verdict = .punt
      packet.reason = reason.name
    case .flood: packet.verdict = .flood
    case .reply: packet.verdict = .reply
    case .forward(let out, _):
      packet.verdict = .forward
      packet.out = offline.portName(Int(out))
    }
    if let cluster = decision.note.cluster, offline.groups.indices.contains(cluster) {
      packet.cluster = offline.groups[cluster].name
    }
    if let member = decision.note.member, member <= offline.places.count {
      let place = offline.places[member - 1]
      packet.cluster = offline.groups[place.group].name
      packet.member = place.name
    }
    count(packet)
    return ReplayedPacket(packet: packet, summary: about.text, elapsed: elapsed)
  }

  private mutating func count(_ packet: CapturedPacket) {
    summary.packets += 1
    summary.verdicts[packet.verdict.rawValue, default: 0] += 1
    if let reason = packet.reason { summary.reasons[reason, default: 0] += 1 }
    guard let cluster = packet.cluster else { return }
    summary.clusters[cluster, default: 0] += 1
    if let member = packet.member { summary.members["\(cluster)/\(member)", default: 0] += 1 }
  }

  /// The tables' clock goes with the packets, never back.
  private mutating func advance(to time: UInt64?) -> UInt64 {
    let first = summary.first ?? time ?? 0
    let now = max(time ?? 0, summary.last ?? first)
    summary.first = first
    summary.last = now
    offline.tables.setClock(fine: UInt32(truncatingIfNeeded: (now - first) / 100_000_000) &+ 1)
    return now - first
  }

  /// By name, by the option, else by who sent it: a member or router by its MAC, a server by a cluster's address, and
  /// everybody else comes by the first router's port.
  private func port(of frame: CaptureFrame, _ about: FrameSummary) -> Int {
    if let forcedPort { return forcedPort }
    if let name = interfaces[frame.interface].name, let number = offline.portNumber(name) { return number }
    if let place = offline.places.first(where: { $0.mac == about.source }) { return place.port }
    let ports = offline.configuration.ports
    if let from = about.sourceAddress,
      let cluster = offline.configuration.clusters.first(where: {
        $0.address.contains(from) || $0.members.contains { $0.location == .ownAddress(from) }
      })
    {
      let member = cluster.members.first { $0.location == .ownAddress(from) } ?? cluster.members.first
      if let name = member?.port, let number = offline.portNumber(name) { return number }
    }
    let router = ports.firstIndex { $0.role == .router } ?? ports.firstIndex { $0.role != .server }
    return (router ?? 0) + 1
  }

  private func readdress(_ bytes: inout [UInt8], _ about: FrameSummary) {
    guard let to = about.destinationAddress,
      let number = offline.configuration.clusters.firstIndex(where: {
        $0.address.contains(to) && $0.vlan == about.vlan
      })
    else { return }
    let mac = offline.virtualMAC(number).number
    for i in 0..<6 { bytes[i] = UInt8(truncatingIfNeeded: mac >> UInt64(8 * (5 - i))) }
  }
}
