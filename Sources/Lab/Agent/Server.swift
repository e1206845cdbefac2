import Glibc
import Wire

/// The loop of `lab agent serve`, one step a call.
struct Server: ~Copyable {
  private final class Connection {
    let socket: AgentSocket
    var received: [UInt8] = []
    /// Answers with the times when they are due, in order.
    var answers: [(due: Int64, bytes: [UInt8])] = []
    /// To be closed behind the last answer.
    var closes = false
    var isOver = false

    init(_ socket: consuming AgentSocket) { self.socket = socket }
  }

  private final class Listener {
    let socket: AgentSocket

    init(_ socket: consuming AgentSocket) { self.socket = socket }
  }

  private let name: String
  private let modeFile: String
  private let isSink: Bool
  private var mode = ServeMode(text: "")
  private var modeReadAt: Int64 = 0
  private var streams: [Listener] = []
  private var datagrams: [Listener] = []
  private var connections: [Connection] = []

  init(name: String, addresses: [IPAddress], port: UInt16, modeFile: String, isSink: Bool) throws {
    self.name = name
    self.modeFile = modeFile
    self.isSink = isSink
    for address in addresses {
      streams.append(Listener(try .bound(to: address, port: port, stream: true)))
      datagrams.append(Listener(try .bound(to: address, port: port, stream: false)))
    }
  }

  /// Waits for something to do, 20 ms at most, and does it.
  mutating func step() {
    var polled = (streams + datagrams).map { pollfd(fd: $0.socket.raw, events: Int16(POLLIN), revents: 0) }
    polled += connections.map { pollfd(fd: $0.socket.raw, events: Int16(POLLIN), revents: 0) }
    let waits = connections.contains { !$0.answers.isEmpty }
    poll(&polled, nfds_t(polled.count), waits ? 1 : 20)
    let now = WallClock.now
    // The manner changes at most a few times a minute, but at once for whoever looks at what follows.
    if now - modeReadAt > 5000 {
      modeReadAt = now
      mode = ServeMode(text: TextFile.read(modeFile) ?? "")
    }
    let known = connections
    for (at, listener) in streams.enumerated() where polled[at].revents != 0 {
      while let raw = listener.socket.accept() { connections.append(Connection(AgentSocket(owning: raw))) }
    }
    for (at, listener) in datagrams.enumerated() where polled[streams.count + at].revents != 0 {
      listener.socket.answerDatagrams { question in
        mode.manner(for: "udp") == .silent ? nil : Array("\(name) ".utf8) + question
      }
    }
    for (at, connection) in known.enumerated() {
      if polled[streams.count + datagrams.count + at].revents != 0 { hear(connection, now) }
      speak(connection, now)
    }
    connections.removeAll { $0.isOver }
  }

  private func hear(_ connection: Connection, _ now: Int64) {
    switch connection.socket.read() {
    case .bytes(let bytes): if !isSink { connection.received += bytes }
    case .later: break
    case .closed, .failed: connection.isOver = true
    }
    while let header = WebText.takeHeader(&connection.received) {
      if header.lowercased().contains("\r\nconnection: close") {
        connection.closes = true
        connection.socket.closeInOrder()
      }
      switch mode.manner(for: WebText.path(ofRequest: header)) {
      case .ok: connection.answers.append((now, WebText.answer(status: 200, body: "\(name)\n")))
      case .late(let milliseconds):
        let due = now + Int64(milliseconds) * 1000
        connection.answers.append((due, WebText.answer(status: 200, body: "\(name)\n")))
      case .wrong: connection.answers.append((now, WebText.answer(status: 500, body: "\(name) is ill\n")))
      case .silent: break
      }
    }
  }

  private func speak(_ connection: Connection, _ now: Int64) {
    while let first = connection.answers.first, first.due <= now, !connection.isOver {
      connection.answers.removeFirst()
      if case .failed = connection.socket.write(first.bytes) { connection.isOver = true }
      if connection.closes, connection.answers.isEmpty { connection.isOver = true }
    }
  }
}
