import CTables
import PacketCapture
import SwitchModel
import Synchronization
import Testing

@testable import Control
@testable import Datapath

@Suite("What a capture's reader has not taken")
struct CaptureQueueTests {
  private func sample(_ port: Int = 0, bytes: Int = 60, after: [UInt8]? = nil) -> CaptureSample {
    CaptureSample(
      time: 1, length: bytes, port: port, outcome: .flooded, note: PacketNote(word: 0),
      before: [UInt8](repeating: 0, count: bytes), after: after)
  }

  @Test("packets are numbered from 1 through all that is taken")
  func numbers() {
    let queue = CaptureQueue(filter: nil, count: nil)
    #expect(queue.take().samples.isEmpty)
    for port in 0..<3 { queue.add(sample(port)) }
    let first = queue.take()
    #expect(first.samples.map(\.port) == [0, 1, 2] && first.first == 1 && !first.isLast)
    for port in 3..<5 { queue.add(sample(port)) }
    let second = queue.take()
    #expect(second.samples.map(\.port) == [3, 4] && second.first == 4 && second.dropped == 0)
  }

  @Test("as many as are wanted, and what waits then can still be taken")
  func count() {
    let queue = CaptureQueue(filter: nil, count: 2)
    for port in 0..<5 { queue.add(sample(port)) }
    let taken = queue.take()
    #expect(taken.samples.map(\.port) == [0, 1] && taken.isLast && taken.dropped == 0)
  }

  @Test("after its end nothing is let in")
  func finish() {
    let queue = CaptureQueue(filter: nil, count: nil)
    queue.add(sample())
    queue.finish()
    queue.add(sample())
    let taken = queue.take()
    #expect(taken.samples.count == 1 && taken.isLast)
  }

  @Test(
    "who does not read is not waited for: so many samples, so many bytes, and the rest is counted",
    arguments: [(60, 0, 1 << 17), (65535, 65535, 512), (1 << 20, 0, 64)])
  func bounded(_ bytes: Int, _ after: Int, _ room: Int) {
    let queue = CaptureQueue(filter: nil, count: nil)
    let one = sample(bytes: bytes, after: after == 0 ? nil : [UInt8](repeating: 0, count: after))
    for _ in 0..<room + 10 { queue.add(one) }
    let taken = queue.take()
    #expect(taken.samples.count == room && taken.dropped == 10 && taken.first == 1)
    queue.add(one)
    let next = queue.take()
    #expect(next.samples.count == 1 && next.first == UInt64(room) + 1 && next.dropped == 10)
  }

  @Test("what does not match is neither let in nor counted; as it leaves is enough")
  func filtered() throws {
    let queue = CaptureQueue(filter: try CaptureFilter("ether dst 02:00:00:00:00:09"), count: 1)
    queue.add(sample())
    var other = sample()
    other.after = [2, 0, 0, 0, 0, 9] + [UInt8](repeating: 0, count: 54)
    queue.add(other)
    queue.add(other)
    let taken = queue.take()
    #expect(taken.samples.count == 1 && taken.dropped == 0 && taken.isLast && taken.first == 1)
  }

  @Test(
    "a lease ends with the stream that holds it: read to its end, or let go of", arguments: [true, false])
  func lease(_ isRead: Bool) async {
    let ends = Ends()
    do {
      let stream = CaptureQueueTests.stream(CaptureLease { ends.add() })
      #expect(ends.count == 0)
      if isRead { for await _ in stream {} }
      withExtendedLifetime(stream) {}
    }
    #expect(ends.count == 1)
  }

  private static func stream(_ lease: CaptureLease) -> AsyncStream<Int> {
    AsyncStream(unfolding: {
      withExtendedLifetime(lease) {}
      return nil
    })
  }
}

private final class Ends: Sendable {
  private let number = Mutex(0)

  var count: Int { number.withLock { $0 } }
  func add() { number.withLock { $0 += 1 } }
}
