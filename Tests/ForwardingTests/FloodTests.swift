import CTables
import Datapath
import Forwarding
import Support
import Testing
import Wire

@Suite("X6 floods and buckets in transition")
struct FloodTests {
  private static let flows = 60

  /// Three thousand new flows, in a table that has room for a thousand.
  private func flood(_ sw: TestSwitch, _ web: TestSwitch.Cluster, isTCP: Bool) throws {
    for i in 0..<3000 {
      let source = IPAddress(44, 0, UInt8(i >> 8), UInt8(i & 255))
      _ = try sw.run(isTCP ? sw.tcp(web, from: source, i, .syn) : sw.udp(web, from: source, i), on: 0)
    }
  }

  @Test(
    "X6 a connection that has just begun is not pushed out before its client can answer",
    arguments: PipelineTarget.available)
  func newborn(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try TransitionTests.Scene(sw)
      scene.begin(observing: false)
      for port in 1...FloodTests.flows { #expect(try scene.tcp(port, .syn) == scene.b) }
      try flood(sw, scene.web, isTCP: true)
      // A round trip later.
      sw.tick(1000 + 20)
      for port in 1...FloodTests.flows { #expect(try scene.tcp(port, .ack) == scene.b, "port \(port)") }
    }
  }

  @Test(
    "X6 one that begins in the flood has a member, and keeps it", arguments: PipelineTarget.available)
  func begun(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try TransitionTests.Scene(sw)
      scene.begin(observing: false)
      try flood(sw, scene.web, isTCP: true)
      let unentered = scene.counters(scene.a).unentered
      #expect(unentered > 1500, "what finds no room is counted")
      let members = try (1...FloodTests.flows).map { try scene.tcp($0, .syn) }
      try flood(sw, scene.web, isTCP: true)
      for (port, member) in zip(1..., members) { #expect(try scene.tcp(port, .ack) == member) }
    }
  }

  @Test(
    "X6 when the flood is over its entries give way within seconds", arguments: PipelineTarget.available)
  func over(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try TransitionTests.Scene(sw)
      scene.begin(observing: false)
      try flood(sw, scene.web, isTCP: true)
      sw.tick(1000 + 3 * 32)
      for port in 1...FloodTests.flows {
        #expect(try scene.tcp(port, .syn) == scene.b)
        #expect(try scene.tcp(port, .ack) == scene.b)
      }
    }
  }

  @Test(
    "X6 while a bucket is observed a flow without a beginning stays, entered or not",
    arguments: PipelineTarget.available)
  func observed(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try TransitionTests.Scene(sw)
      scene.begin(observing: true)
      try flood(sw, scene.web, isTCP: false)
      for _ in 0..<3 {
        for port in 1...FloodTests.flows { #expect(try scene.udp(port) == scene.a) }
        try flood(sw, scene.web, isTCP: false)
      }
    }
  }

  @Test("X6 the tables are as large as they were", arguments: PipelineTarget.available)
  func bounded(target: PipelineTarget) throws {
    try target.withSwitch { sw in
      let scene = try TransitionTests.Scene(sw)
      let before = TableID.allCases.map { sw.tables.bytes($0).count }
      scene.begin(observing: true)
      try flood(sw, scene.web, isTCP: false)
      try flood(sw, scene.web, isTCP: true)
      #expect(TableID.allCases.map { sw.tables.bytes($0).count } == before)
      #expect(sw.sumsAgree)
    }
  }
}
