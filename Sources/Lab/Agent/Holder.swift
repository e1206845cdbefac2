import Glibc
import Wire

/// The loop of `lab agent hold`, one step a call.
struct Holder: ~Copyable {
  private final class Line {
    let socket: AgentSocket
    var received: [UInt8] = []
    /// When it asks next, or asked last.
    var asksAt: Int64
    var isWaiting = false
    var row = HoldReport.Connection()

    init(_ socket: consuming AgentSocket, asksAt: Int64) {
      self.socket = socket
      self.asksAt = asksAt
    }
  }

  private let question: [UInt8]
  private let every: Int64
  private var lines: [Line] = []

  init(address: IPAddress, port: UInt16, count: Int, every: Int64) throws {
    question = WebText.request(path: "/", host: "lab")
    self.every = every
    let now = WallClock.now
    for number in 0..<count {
      let line = Line(
        try AgentSocket(ipv6: address.isIPv6, stream: true),
        // Spread, so that they do not beat in time.
        asksAt: now + Int64(number) * every / Int64(count))
      var one: Int32 = 1
      setsockopt(line.socket.raw, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
      let failure = line.socket.connect(to: address, port: port)
      if failure != 0 { line.row.end(errorText(failure), at: now) }
      lines.append(line)
    }
  }

  /// Waits for something to do, 5 ms at most, and does it.
  mutating func step() {
    let live = lines.filter { $0.row.broken == nil }
    var polled = live.map { pollfd(fd: $0.socket.raw, events: Int16(POLLIN), revents: 0) }
    poll(&polled, nfds_t(polled.count), 5)
    let now = WallClock.now
    for (line, state) in zip(live, polled) {
      if state.revents != 0 { hear(line, now) }
      if line.row.broken == nil, !line.isWaiting, line.asksAt <= now { ask(line, now) }
    }
  }

  private func ask(_ line: Line, _ now: Int64) {
    switch line.socket.write(question) {
    case .bytes, .closed:
      line.isWaiting = true
      line.asksAt = now
      line.row.asked_at = now
    case .later: break
    case .failed(let number):
      // Before the connection is established, a socket is not to be written to.
      if number != ENOTCONN { line.row.end(errorText(number), at: now) }
    }
  }

  private func hear(_ line: Line, _ now: Int64) {
    switch line.socket.read() {
    case .bytes(let bytes): line.received += bytes
    case .later: return
    case .closed: line.row.end("closed", at: now)
    case .failed(let number): line.row.end(errorText(number), at: now)
    }
    while let answer = WebText.takeAnswer(&line.received) {
      line.row.answered(answer.status == 200 ? answer.body : "status \(answer.status)", at: now)
      line.isWaiting = false
      line.asksAt = max(line.asksAt + every, now)
    }
  }

  func report() -> HoldReport { HoldReport(at: WallClock.now, connections: lines.map(\.row)) }
}
