import Glibc
import Wire

/// The loop of `lab agent stream`, one step a call.
struct Streamer: ~Copyable {
  private final class Flow {
    let socket: AgentSocket
    /// When each datagram left, and who answered it.
    var sent: [(at: Int64, server: String?)] = []

    init(_ socket: consuming AgentSocket) { self.socket = socket }
  }

  private let every: Int64
  private var next: Int64
  private var flows: [Flow] = []

  init(address: IPAddress, port: UInt16, flows count: Int, every: Int64) throws {
    self.every = every
    next = WallClock.now
    for _ in 0..<count {
      let flow = Flow(try AgentSocket(ipv6: address.isIPv6, stream: false))
      let failure = flow.socket.connect(to: address, port: port)
      guard failure == 0 else { throw LabError.refused("cannot send to \(address): \(errorText(failure))") }
      flows.append(flow)
    }
  }

  mutating func step() {
    let now = WallClock.now
    if now >= next {
      next = max(next + every, now - every)
      for flow in flows {
        let number = flow.sent.count
        flow.sent.append((WallClock.now, nil))
        // A refusal that an earlier datagram met is reported here: nobody answers this one either, then.
        _ = flow.socket.write(Array("\(number)".utf8))
      }
    }
    var polled = flows.map { pollfd(fd: $0.socket.raw, events: Int16(POLLIN), revents: 0) }
    let wait = min(5, max(0, (next - WallClock.now) / 1000))
    poll(&polled, nfds_t(polled.count), Int32(wait))
    for (flow, state) in zip(flows, polled) where state.revents != 0 { hear(flow) }
  }

  private func hear(_ flow: Flow) {
    while case .bytes(let bytes) = flow.socket.read() {
      let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
      guard words.count == 2, let number = Int(words[1]), flow.sent.indices.contains(number) else { continue }
      flow.sent[number].server = String(words[0])
    }
  }

  func report() -> StreamReport {
    let now = WallClock.now
    return StreamReport(
      at: now,
      flows: flows.map { flow in
        // Those that may still be answered are left out.
        StreamReport.runs(of: flow.sent.filter { now - $0.at > 200_000 || $0.server != nil })
      })
  }
}
