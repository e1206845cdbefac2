import CTables
import Datapath
import Forwarding
import Support
import Synchronization
import Testing
import Wire

/// Frames as a capture of the kernel's program shows them.
@Suite("Captures", .enabled(if: PipelineTarget.isRoot, "loading programs needs root"), .serialized)
struct CaptureTests {
  /// What a capture has shown.
  final class Shown: Sendable {
    private let samples = Mutex<[CaptureSample]>([])
    var all: [CaptureSample] { samples.withLock { $0 } }
    func add(_ sample: CaptureSample) { samples.withLock { $0.append(sample) } }
    /// Nothing is taken while `body` runs.
    func blocked(_ body: () throws -> Void) rethrows { try samples.withLock { _ in try body() } }
  }

  struct Scene {
    let sw: TestSwitch
    let kernel: KernelRunner
    let web: TestSwitch.Cluster

    /// TCP from the router to the cluster.
    func frame(_ port: UInt16, flags: UInt8 = 2, destination: [UInt8] = [10, 0, 0, 100], length: Int = 60)
      -> [UInt8]
    {
      func wire(_ mac: MACAddress) -> [UInt8] {
        (0..<6).map { UInt8(truncatingIfNeeded: mac.number >> UInt64(8 * (5 - $0))) }
      }
      let total = length - 14
      let head =
        wire(web.mac) + wire(sw.router)
        + [0x08, 0, 0x45, 0, UInt8(total >> 8), UInt8(total & 255), 0, 1, 0, 0, 64, 6, 0, 0, 10, 9, 0, 1]
        + destination + [UInt8(port >> 8), UInt8(port & 255), 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, flags]
      return head + (head.count..<length).map { UInt8(truncatingIfNeeded: $0) }
    }

    /// Runs frames under a capture, which is closed before they are returned.
    func capture(
      ports: Set<Int>? = nil, snap: Int = 256, _ frames: [(bytes: [UInt8], port: Int)]
    ) throws -> (samples: [CaptureSample], missed: UInt64, out: [[UInt8]]) {
      let shown = Shown()
      let tap = try kernel.datapath.openCapture(ports: ports, snap: snap) { shown.add($0) }
      var out: [[UInt8]] = []
      do {
        for frame in frames {
          var bytes = frame.bytes
          _ = try kernel.run(&bytes, port: frame.port)
          out.append(bytes)
        }
      } catch {
        tap.close()
        throw error
      }
      tap.close()
      return (shown.all, tap.missed, out)
    }
  }

  func inScene(_ kind: DatapathKind = .xdpGeneric, _ body: (Scene) throws -> Void) throws {
    try PipelineTarget.withKernel(kind) { kernel in
      let sw = TestSwitch(kernel)
      let web = sw.cluster("10.0.0.100", members: [sw.member(onPort: 1), sw.member(onPort: 2)])
      try body(Scene(sw: sw, kernel: kernel, web: web))
    }
  }

  @Test(
    "a frame before and after, with verdict, ports, cluster and member",
    arguments: [DatapathKind.xdpGeneric, .tc])
  func forwarded(kind: DatapathKind) throws {
    try inScene(kind) { scene in
      let frames = (0..<20).map { scene.frame(UInt16(1000 + $0), length: 60 + $0 * 10) }
      let (samples, missed, out) = try scene.capture(frames.map { ($0, 0) })
      #expect(missed == 0 && samples.count == frames.count)
      #expect(samples.map(\.before) == frames)
      #expect(samples.map(\.after) == out.map { Optional($0) })
      #expect(samples.map(\.length) == frames.map(\.count))
      #expect(samples.allSatisfy { $0.port == 0 && $0.note.cluster == scene.web.index && !$0.note.isKnown })
      for sample in samples {
        let member = scene.web.members.first { $0.index == sample.note.member }
        #expect(sample.outcome == .forwarded(port: member?.port ?? -1))
      }
      #expect(samples.map(\.time) == samples.map(\.time).sorted() && samples.allSatisfy { $0.time > 0 })
    }
  }

  @Test("what goes nowhere: dropped with its reason, flooded, and no cluster where there is none")
  func others() throws {
    try inScene { scene in
      var unknown = scene.frame(1)
      unknown.replaceSubrange(0..<6, with: [2, 9, 9, 9, 9, 9])
      let wrong = scene.frame(1, destination: [10, 0, 0, 101])
      let (samples, missed, _) = try scene.capture([
        (unknown, 0), (wrong, 0), (scene.frame(1), 0), (unknown, 0),
      ])
      #expect(missed == 0)
      #expect(samples.map(\.before.count) == [60, 60, 60, 60])
      #expect(samples.map { $0.after != nil } == [false, false, true, false])
      #expect(
        samples.first?.outcome == .flooded && samples.dropFirst().first?.outcome == .dropped(.wrongAddress))
      #expect(samples.map(\.note.cluster) == [nil, scene.web.index, scene.web.index, nil])
      #expect(samples.map { $0.note.member != nil } == [false, false, true, false])
    }
  }

  @Test("a flow with an entry is known")
  func known() throws {
    try inScene { scene in
      for bucket in scene.web.buckets {
        scene.sw.tables.setBucket(
          bucket,
          BucketWord(
            current: scene.web.members[1].index, previous: scene.web.members[0].index, isTransit: true))
      }
      let (samples, _, _) = try scene.capture([
        (scene.frame(7), 0), (scene.frame(7, flags: 16), 0), (scene.frame(8, flags: 16), 0),
      ])
      #expect(samples.map(\.note.isKnown) == [false, true, false])
      #expect(
        samples.map(\.note.member) == [1, 1, 0].map { scene.web.members[$0].index })
    }
  }

  @Test(
    "no more of a frame than was asked for, and all of it where more is",
    arguments: [0, 13, 40, 130, 1000, 1 << 20])
  func snap(_ snap: Int) throws {
    try inScene { scene in
      let frame = scene.frame(3, length: 1500)
      let (samples, _, out) = try scene.capture(snap: snap, [(frame, 0)])
      #expect(samples.map(\.before) == [Array(frame.prefix(snap))])
      #expect(samples.map(\.after) == [Array(out[0].prefix(snap))])
      #expect(samples.map(\.length) == [1500])
    }
  }

  @Test("only the ports that were asked for; none after it is closed")
  func ports() throws {
    try inScene { scene in
      let frames = [(scene.frame(1), 0), (scene.frame(2), 5), (scene.frame(3), 6)]
      let two = try scene.capture(ports: [5, 6], frames).samples
      let none = try scene.capture(ports: [], frames).samples
      let all = try scene.capture(frames).samples
      #expect(two.map(\.port) == [5, 6] && none.isEmpty && all.map(\.port) == [0, 5, 6])
    }
  }

  @Test("what a slow reader misses is counted, each packet once")
  func missed() throws {
    try inScene { scene in
      let shown = Shown()
      let tap = try scene.kernel.datapath.openCapture(ports: nil, snap: 4096) { shown.add($0) }
      let frame = scene.frame(4, length: 3000)
      let count = 20_000
      var failure: (any Error)?
      shown.blocked {
        do {
          for _ in 0..<count {
            var bytes = frame
            _ = try scene.kernel.run(&bytes, port: 0)
          }
        } catch {
          failure = error
        }
      }
      tap.close()
      #expect(failure == nil)
      #expect(
        tap.missed > 0 && shown.all.count + Int(tap.missed) == count, "\(shown.all.count) and \(tap.missed)")
      #expect(shown.all.allSatisfy { $0.before == frame })
    }
  }

  @Test("flows are observed by the same rings, beside no capture")
  func tap() throws {
    try inScene { scene in
      let seen = Mutex<[TapSample]>([])
      let tap = try scene.kernel.datapath.openTap { sample in seen.withLock { $0.append(sample) } }
      var bytes = scene.frame(9)
      _ = try scene.kernel.run(&bytes, port: 0)
      tap.close()
      let samples = seen.withLock { $0 }
      #expect(samples.map(\.destination) == [scene.web.mac] && samples.first?.bytes == bytes)
    }
  }
}
