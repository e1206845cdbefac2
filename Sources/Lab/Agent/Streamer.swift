import Glibc
import Wire

/// The loop of `lab agent stream`, one step a call.
struct Streamer: ~Copyable {
  private final class Flow {
    let socket: AgentSocket
    var record = StreamRecord()

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
        let at = WallClock.now
        // A refusal that an earlier datagram met is reported here: nobody answers this one either, then. One that this
        // host has no room for is none.
        if flow.socket.write(Array("\(flow.record.next)".utf8)) != .later { flow.record.sent(at: at) }
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
      guard words.count == 2, let number = Int(words[1]) else { continue }
      flow.record.answered(number, by: String(words[0]))
    }
  }

  func report() -> StreamReport {
    let now = WallClock.now
    for flow in flows { flow.record.fold(at: now) }
    return StreamReport(
      at: now, flows: flows.map { $0.record.runs(at: now) },
      doubled: flows.map(\.record.doubled).reduce(0, +))
  }
}
