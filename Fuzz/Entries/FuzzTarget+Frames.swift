import Forwarding
import Support
import Synchronization
import Wire

extension FuzzTarget {
  /// Frames through the pipeline in this process. Each is counted once, under what became of it; what leaves is what came
  /// but for the destination's MAC and the tag; what is dropped, punted or flooded leaves as it came. Only a router's
  /// advertisement may leave without the router's MAC.
  static let frames = FuzzTarget(
    "frames", "frames through the pipeline", longest: 4096, mutation: FrameMutation.mutated,
    .direct { bytes in try runFrames(bytes) })

  private static func runFrames(_ bytes: [UInt8]) throws {
    try HostSwitch.with { sw in
      for step in FrameSteps(bytes, world: sw.world) {
        switch step {
        case .change(let change): change.apply(to: sw.test)
        case .frame(let frame, let port): try check(frame, try sw.test.run(frame, on: port), port)
        }
      }
      try FuzzFault.unless(sw.test.sumsAgree, "frames that came in are neither out nor counted")
    }
  }

  private static func check(_ frame: TestFrame, _ seen: Seen, _ port: Int) throws(FuzzFault) {
    func fault(_ what: String) -> FuzzFault { FuzzFault("\(what): \(frame) on port \(port) → \(seen)") }
    switch seen.outcome {
    case .inconsistent(let what): throw fault(what)
    case .flooded, .punted:
      guard seen.frame.bytes == frame.bytes || FrameChange.hidesRouter(frame.bytes, seen.frame.bytes)
      else { throw fault("changed on its way") }
    case .forwarded:
      // H1: nothing but the destination's MAC changes, and where a member lives in another VLAN, the tag.
      guard FrameChange.isAllowed(frame.bytes, seen.frame.bytes)
      else { throw fault("other bytes than the destination's MAC and the tag were changed") }
      guard seen.frame.source == frame.source else { throw fault("the source's MAC was changed") }
    case .replied, .dropped: break
    }
  }
}

/// A switch in this process, emptied for each input.
final class HostSwitch: @unchecked Sendable {
  let test: TestSwitch
  let world: GeneratedWorld

  private init(_ runner: HostRunner) throws {
    runner.clear()
    test = TestSwitch(runner)
    world = try GeneratedWorld(test)
  }

  private static let runner = Mutex<HostRunner?>(nil)

  /// The process' one: tables take longer to make than to empty.
  static func with(_ body: (HostSwitch) throws -> Void) throws {
    try runner.withLock { kept in
      let runner = try kept ?? HostRunner(TestSwitch.dimensions)
      kept = runner
      try body(HostSwitch(runner))
    }
  }

  /// What the frames of an input are about.
  static func world() throws -> GeneratedWorld {
    try kept.withLock { kept in
      if let kept { return kept }
      let world = try GeneratedWorld(TestSwitch(try HostRunner(TestSwitch.dimensions)))
      kept = world
      return world
    }
  }

  private static let kept = Mutex<GeneratedWorld?>(nil)
}
