import Foundation
import Synchronization

/// UDP flows that are asked again and again, on a thread of their own: who is to have them is told by what they send.
final class DatagramTalk: Sendable {
  private let isStopping = Atomic<Bool>(false)
  private let hasEnded = Atomic<Bool>(false)
  private let failures = Mutex<[String]>([])
  private let answers = Atomic<Int>(0)

  init(_ site: Site, flows: Int, port: UInt16 = 80) throws {
    let all = try (0..<flows).map { number in
      let flow = try Datagram(namespace: "\(site.name)-r", address: Site.address, port: port)
      guard let server = flow.ask() else { throw SiteFailure("datagram \(number) is not answered") }
      return One(flow: flow, server: server)
    }
    Thread.detachNewThread { [self] in
      while !isStopping.load(ordering: .acquiring) {
        for one in all {
          // Datagrams may be lost, and more so in full queues. What is asked again seldom would be silent for as long as
          // a transition observes, and may then move.
          let now = one.flow.ask(tries: 400, milliseconds: 20)
          if now != one.server { failures.withLock { $0.append("UDP \(one.server) → \(now ?? "nobody")") } }
          answers.add(1, ordering: .relaxed)
        }
        usleep(20_000)
      }
      hasEnded.store(true, ordering: .releasing)
    }
  }

  /// What moved so far.
  var broken: [String] { failures.withLock { $0 } }

  /// How often a flow was answered.
  func stop() -> Int {
    isStopping.store(true, ordering: .releasing)
    while !hasEnded.load(ordering: .acquiring) { usleep(1000) }
    return answers.load(ordering: .relaxed)
  }

  private final class One: @unchecked Sendable {
    let flow: Datagram
    let server: String
    init(flow: Datagram, server: String) {
      self.flow = flow
      self.server = server
    }
  }
}
