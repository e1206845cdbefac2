import CFlood
import CSupport
import Foundation
import Glibc
import Synchronization

/// A flood that goes on, as fast as it goes, until it is stopped. A thread of its own, on one CPU: there the kernel also
/// forwards what it sends.
final class FloodRun: Sendable {
  /// Frames in a call: a call pays milliseconds at its end.
  private static let portion: UInt32 = 1 << 17

  private let isStopping = Atomic<Bool>(false)
  private let isDone = DispatchSemaphore(value: 0)
  private let count = Atomic<Int>(0)
  private let failure = Atomic<Int32>(0)
  private let began = ContinuousClock.now

  init(_ flood: Flood, at site: Site) throws {
    let (program, interface) = try inNamespace("\(site.name)-\(flood.host)") {
      var description = flood.description
      return (cf_load_flood(&description), if_nametoindex("eth0"))
    }
    if program < 0 { throw SiteFailure("the flood's program: \(String(cString: strerror(-program)))") }
    let length = UInt32(flood.length)
    let namespace = "\(site.name)-\(flood.host)"
    Thread.detachNewThread { [self] in
      var before = cs_affinity()
      _ = cs_pin_thread(cs_current_cpu(), &before)
      let code = try? inNamespace(namespace) {
        while !isStopping.load(ordering: .acquiring) {
          let code = cf_send(program, interface, length, FloodRun.portion)
          if code == -EINTR { continue }
          if code != 0 { return code }
          count.add(Int(FloodRun.portion), ordering: .relaxed)
        }
        return 0
      }
      failure.store(code ?? -ENOENT, ordering: .releasing)
      close(program)
      isDone.signal()
    }
  }

  /// Frames offered so far.
  var sent: Int { count.load(ordering: .relaxed) }

  /// Lets it go on for so long, and until so many frames were sent.
  func wait(seconds: Double, frames: Int = 0) {
    let least = ContinuousClock.now + .seconds(seconds)
    let most = least + .seconds(60)
    while ContinuousClock.now < least || (sent < frames && ContinuousClock.now < most) { usleep(5000) }
  }

  /// - Returns: how many frames were sent, and how many a second.
  func stop() throws -> (sent: Int, rate: Double) {
    isStopping.store(true, ordering: .releasing)
    isDone.wait()
    let code = failure.load(ordering: .acquiring)
    if code != 0 { throw SiteFailure("the flood: \(String(cString: strerror(-code)))") }
    return (sent, Double(sent) / ((ContinuousClock.now - began) / .seconds(1)))
  }
}
