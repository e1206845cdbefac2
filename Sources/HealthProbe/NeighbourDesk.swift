import ProxyARP
import Wire

/// The `arp` and `nd` probes that wait for an answer.
final class NeighbourDesk {
  private let sendFrame: @Sendable (_ job: Int, NeighbourProbeRequest) -> Void
  private var waiting: [IPAddress: [NeighbourAttempt]] = [:]

  init(_ sendFrame: @escaping @Sendable (_ job: Int, NeighbourProbeRequest) -> Void) {
    self.sendFrame = sendFrame
  }

  func expect(_ attempt: NeighbourAttempt, of job: ProbeJob) {
    let target = job.target
    waiting[target.address, default: []].append(attempt)
    sendFrame(
      job.id,
      NeighbourProbeRequest(address: target.address, mac: target.mac, port: target.port, vlan: target.vlan))
  }

  func forget(_ attempt: NeighbourAttempt) {
    let address = attempt.target.address
    waiting[address]?.removeAll { $0 === attempt }
    if waiting[address]?.isEmpty == true { waiting[address] = nil }
  }

  /// Members share addresses: an answer belongs to those that wait for this MAC, or behind this port. A wrong MAC is
  /// only told where the port says whose it is.
  func received(_ message: AddressMessage, on port: Int?) {
    guard let binding = message.binding, let attempts = waiting[binding.address] else { return }
    let mac = binding.mac ?? message.source
    let here = attempts.filter { attempt in
      (attempt.target.vlan == nil || attempt.target.vlan == binding.vlan)
        && (attempt.target.port == nil || port == nil || attempt.target.port == port)
    }
    let right = here.filter { $0.target.mac == nil || $0.target.mac == mac }
    for attempt in right { attempt.finish(.success) }
    guard right.isEmpty, let port else { return }
    for attempt in here where attempt.target.port == port {
      attempt.finish(.failure("answered from \(mac)\(attempt.target.mac.map { ", expected \($0)" } ?? "")"))
    }
  }
}
