@testable import HealthProbe
import NIOCore
import NIOEmbedded
import NIOHTTP1
import SwitchModel
import Wire

extension FuzzTarget {
  /// Answers to probes that come as one datagram. The first byte says to which kind.
  static let datagrams = FuzzTarget(
    "datagrams", "answers to DNS and ICMP probes", longest: 2048,
    .direct { bytes in
      guard let kind = bytes.first else { return }
      let answer = Array(bytes.dropFirst())
      if kind & 1 != 0 {
        _ = ICMPEcho.replyTag(answer, isIPv6: kind & 2 != 0)
        return
      }
      let wanted = ProbeConfiguration(kind: .dns, query: "a.example", answer: IPAddress(10, 0, 0, 1))
      let question = try DNSMessage.question(name: "a.example", type: "A")
      _ = DatagramMethod.judge(answer, id: 0x1234, question: question, wanted)
    })

  /// Answers to probes over a connection. The first byte: the kind, and how many bytes come at a time.
  static let streams = FuzzTarget(
    "streams", "answers to HTTP and TCP probes", longest: 4096, .direct { bytes in try converse(bytes) })

  private static func converse(_ bytes: [UInt8]) throws {
    guard let kind = bytes.first else { return }
    let outcomes = Outcomes()
    let attempt = StreamAttempt { _ in outcomes.count += 1 }
    let channel = EmbeddedChannel()
    let pipeline = channel.pipeline.syncOperations
    if kind & 1 == 0 {
      let wanted = ProbeConfiguration(kind: .http, body: kind & 2 == 0 ? nil : "ready")
      try pipeline.addHandler(HTTPRequestEncoder(configuration: .init()))
      try pipeline.addHandler(ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)))
      try pipeline.addHandler(
        HTTPTalk(attempt, HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"), wanted, isSecure: false)
      )
    } else {
      try pipeline.addHandler(TCPTalk(attempt, send: Array("PING\r\n".utf8), expect: Array("+PONG\r\n".utf8)))
    }
    channel.pipeline.fireChannelActive()
    var rest = bytes.dropFirst()
    let step = kind >> 2 == 0 ? rest.count : Int(kind >> 2)
    while !rest.isEmpty {
      _ = try? channel.writeInbound(ByteBuffer(bytes: rest.prefix(step)))
      rest = rest.dropFirst(step)
    }
    channel.pipeline.fireChannelInactive()
    _ = try? channel.finish(acceptAlreadyClosed: true)
    try FuzzFault.unless(outcomes.count == 1, "\(outcomes.count) outcomes")
  }

  private final class Outcomes {
    var count = 0
  }
}
