import Testing

@testable import Control

@Suite("Links that flap")
struct LinkDamperTests {
  /// Reports `up` and `down` at milliseconds, a look every 100 ms between them as control has it, and says when the link
  /// began to count as up.
  private static func ups(_ reports: [(Int, Bool)], until end: Int) -> [Int] {
    var damper = LinkDamper(isUp: true)
    var counts = true
    var link = true
    var found: [Int] = []
    var left = reports[...]
    for moment in 0...end {
      while let (at, isUp) = left.first, at == moment {
        left.removeFirst()
        link = isUp
        damper.report(isUp: isUp, at: .milliseconds(at))
      }
      if moment % 100 == 0, damper.release(at: .milliseconds(moment)) { #expect(!damper.isHeld) }
      let isUp = link && !damper.isHeld
      if isUp, !counts { found.append(moment) }
      counts = isUp
    }
    return found
  }

  @Test("one that comes back once counts at once, and again when it has been up for a second")
  func once() {
    #expect(Self.ups([(10, false), (15, true)], until: 3000) == [15])
    #expect(Self.ups([(10, false), (15, true), (1200, false), (1201, true)], until: 3000) == [15, 1201])
  }

  @Test("one that flaps a hundred times a second for a minute counts twice: at first, and when it has done")
  func fast() {
    let reports = (0..<6000).flatMap { [($0 * 10, false), ($0 * 10 + 5, true)] }
    #expect(Self.ups(reports, until: 63_000) == [5, 61_000])
  }

  @Test("one that ends down does not count, whatever was held")
  func down() {
    let reports = (0..<10).flatMap { [($0 * 10, false), ($0 * 10 + 5, true)] } + [(100, false)]
    #expect(Self.ups(reports, until: 5000) == [5])
  }

  @Test("what is reported again while it is up changes nothing")
  func repeated() {
    #expect(Self.ups([(10, false), (15, true), (20, true), (900, true), (1100, true)], until: 3000) == [15])
    let held = [(10, false), (15, true), (20, false), (25, true), (500, true), (900, true)]
    #expect(Self.ups(held, until: 3000) == [15, 1100])
  }
}
