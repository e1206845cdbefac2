import Datapath
import Forwarding
import Support
import Testing
import Wire

@Suite("X6 explain")
struct ExplainTests {
  @Test("X6 explain says what forwarding does, and changes no byte of any table")
  func agrees() throws {
    let host = try HostRunner(TestSwitch.dimensions)
    let sw = TestSwitch(host, clusters: 10)
    let world = try GeneratedWorld(sw)
    var generator = FrameGenerator(seed: 7, world: world)
    var kinds: Set<String> = []
    for number in 1...3000 {
      let (frame, port) = generator.next()
      // All tables are compared now and then: they are large.
      let before = number % 300 == 0 ? TableID.allCases.map { [UInt8](sw.tables.bytes($0)) } : []
      var explained = frame.bytes
      let (verdict, lookups) = sw.tables.explain(frame: &explained, port: port)
      for (table, bytes) in zip(TableID.allCases, before) {
        #expect(bytes.elementsEqual(sw.tables.bytes(table)), "\(table) changed")
      }
      #expect(lookups.first == .port(port))
      let seen = try sw.run(frame, on: port)
      switch (verdict, seen.outcome) {
      case (.drop(let reason), .dropped(let other)):
        #expect(reason == other && lookups.last == .reason(reason))
      case (.punt(let reason), .punted(let other)): #expect(reason == other)
      case (.forward(let out, let tag), .forwarded(let other)):
        #expect(Int(out) == other)
        if case .keep = tag { #expect(explained == seen.frame.bytes) }
      case (.flood, .flooded): break
      case (.reply, .replied): #expect(explained == seen.frame.bytes)
      default: Issue.record("explained as \(verdict), was \(seen.outcome): \(frame)")
      }
      kinds.insert("\(seen.outcome)".prefix { $0 != "(" }.description)
    }
    #expect(kinds.isSuperset(of: ["dropped", "punted", "forwarded", "flooded", "replied"]))
  }
}
