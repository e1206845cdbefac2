import Glibc
import Testing
import Wire

@testable import LinuxPlatform

@Suite("Frames in and out", .enabled(if: Namespace.isRoot, Namespace.reason))
struct PacketTests {
  /// To a station's unicast address, so that only a promiscuous capture sees it; EtherType and payload follow.
  private func frame(type: [UInt8], tag: [UInt8] = [], payload: Int = 60, mark: UInt8 = 1) -> [UInt8] {
    [2, 0, 0, 0, 9, 9, 2, 0, 0, 0, 9, mark] + tag + type + Array(repeating: mark, count: payload)
  }

  private let experimental: [UInt8] = [0x88, 0xb5]

  /// A veth pair with both ends up and nothing on them of the host's.
  private func withPair(_ body: () throws -> Void) throws {
    try Namespace.new {
      try ip("link add a0 type veth peer name b0")
      let setup = try PortSetup()
      for name in ["a0", "b0"] { _ = try setup.apply(try setup.plan(name, mode: .pcap)) }
      let session = try NetlinkSession()
      #expect(try eventually { try session.link(named: "a0")?.isOperational == true })
      try body()
    }
  }

  private func send(_ frame: [UInt8], _ injector: borrowing PacketInjector) throws -> InjectionResult {
    try frame.withUnsafeBytes { try injector.send($0) }
  }

  private func receive(_ capture: inout PacketCapture, count: Int) throws -> [[UInt8]] {
    var frames: [[UInt8]] = []
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(20)
    while frames.count < count, clock.now < deadline {
      var polled = pollfd(fd: capture.fileDescriptor, events: Int16(POLLIN), revents: 0)
      _ = poll(&polled, 1, 100)
      try capture.read { frame in
        #expect(!frame.isTruncated)
        #expect(frame.timestamp > .zero)
        frames.append(Array(frame.bytes))
      }
    }
    return frames
  }

  @Test("H7, X2: frames cross with their tags kept")
  func tags() throws {
    try withPair {
      var capture = try PacketCapture(interface: "b0")
      let injector = try PacketInjector(interface: "a0")
      let frames = [
        frame(type: experimental),
        frame(type: experimental, tag: [0x81, 0, 0, 100]),  // VLAN 100
        frame(type: experimental, tag: [0x81, 0, 0xa0, 1]),  // priority 5, VLAN 1
        frame(type: experimental, tag: [0x81, 0, 0, 0]),  // priority tag
        frame(type: experimental, tag: [0x88, 0xa8, 0, 7, 0x81, 0, 0, 8]),  // 802.1ad, two tags
        frame(type: experimental, payload: 1500),
        frame(type: experimental, tag: [0x81, 0, 0, 100], payload: 1500),
        frame(type: [0, 20], payload: 20),  // 802.3 length
      ]
      for frame in frames { #expect(try send(frame, injector) == .sent) }
      #expect(try receive(&capture, count: frames.count) == frames)
      #expect(try capture.statistics().received == frames.count)
      #expect(try capture.statistics().dropped == 0)
    }
  }

  @Test func whatGoesOutIsNotSeenComingIn() throws {
    try withPair {
      var a = try PacketCapture(interface: "a0")
      var b = try PacketCapture(interface: "b0")
      let fromA = try PacketInjector(interface: "a0")
      let fromB = try PacketInjector(interface: "b0")
      for mark in 1...20 as ClosedRange<UInt8> {
        #expect(try send(frame(type: experimental, mark: mark), fromA) == .sent)
      }
      #expect(try receive(&b, count: 20).count == 20)
      // What comes first at A is what B sends last.
      let last = frame(type: experimental, mark: 99)
      #expect(try send(last, fromB) == .sent)
      #expect(try receive(&a, count: 1) == [last])
      #expect(try a.statistics().received == 1)
    }
  }

  @Test func theFilterIsTheKernels() throws {
    try withPair {
      var capture = try PacketCapture(interface: "b0", filter: "ether proto 0x88b5")
      let injector = try PacketInjector(interface: "a0")
      #expect(try send(frame(type: [0x88, 0xb6]), injector) == .sent)
      let wanted = frame(type: experimental)
      #expect(try send(wanted, injector) == .sent)
      #expect(try receive(&capture, count: 1) == [wanted])
      #expect(try capture.statistics().received == 1)

      try capture.setFilter("vlan 5")
      let tagged = frame(type: experimental, tag: [0x81, 0, 0, 5])
      #expect(try send(wanted, injector) == .sent)
      #expect(try send(tagged, injector) == .sent)
      #expect(try receive(&capture, count: 1) == [tagged])
    }
  }

  @Test func aWrongFilterIsToldAndTheOldOneStays() throws {
    try withPair {
      let error = try #require(throws: PacketIOError.self) {
        _ = try PacketCapture(interface: "b0", filter: "no such thing").interface
      }
      guard case .badFilter(expression: "no such thing", let reason) = error else {
        Issue.record("not a filter error: \(error)")
        return
      }
      #expect(!reason.isEmpty)
      var capture = try PacketCapture(interface: "b0", filter: "ether proto 0x88b5")
      do throws(PacketIOError) {
        try capture.setFilter("((")
        Issue.record("accepted")
      } catch {}
      let injector = try PacketInjector(interface: "a0")
      #expect(try send(frame(type: [0x88, 0xb6]), injector) == .sent)
      #expect(try send(frame(type: experimental), injector) == .sent)
      #expect(try receive(&capture, count: 1) == [frame(type: experimental)])
    }
  }

  @Test func aBatchIsBounded() throws {
    try withPair {
      var capture = try PacketCapture(interface: "b0")
      let injector = try PacketInjector(interface: "a0")
      for _ in 0..<10 { #expect(try send(frame(type: experimental), injector) == .sent) }
      #expect(try eventually { try capture.statistics().received == 10 })
      #expect(try capture.read(upTo: 4) { _ in } == 4)
      #expect(try capture.read(upTo: 4) { _ in } == 4)
      #expect(try capture.read(upTo: 4) { _ in } == 2)
      #expect(try capture.read(upTo: 4) { _ in } == 0)
    }
  }

  @Test func aFullBufferDropsAndCounts() throws {
    try withPair {
      let capture = try PacketCapture(interface: "b0", bufferBytes: 64 << 10)
      let injector = try PacketInjector(interface: "a0")
      for _ in 0..<2000 { _ = try send(frame(type: experimental), injector) }
      #expect(try eventually { try capture.statistics().dropped > 0 })
    }
  }

  @Test func framesThatCannotGoAreToldApart() throws {
    try withPair {
      let injector = try PacketInjector(interface: "a0")
      #expect(try send([1, 2, 3], injector) == .tooShort)
      #expect(try send([], injector) == .tooShort)
      #expect(try send(frame(type: experimental, payload: 1600), injector) == .tooLong)
      #expect(try send(frame(type: experimental), injector) == .sent)
      try ip("link set a0 down")
      #expect(try send(frame(type: experimental), injector) == .linkDown)
      try ip("link set a0 up")
      #expect(try eventually { try send(frame(type: experimental), injector) == .sent })
    }
  }

  @Test func aLinkThatGoesDownAndUpIsCapturedOn() throws {
    try withPair {
      var capture = try PacketCapture(interface: "b0", filter: "ether proto 0x88b5")
      let injector = try PacketInjector(interface: "a0")
      try ip("link set b0 down")
      for _ in 0..<20 { _ = try capture.read { _ in } }
      try ip("link set b0 up")
      let wanted = frame(type: experimental)
      let isBack = try eventually {
        _ = try send(wanted, injector)
        return try capture.read { _ in } > 0
      }
      #expect(isBack)
    }
  }

  @Test func anInterfaceThatVanishesIsAnErrorOfItsOwn() throws {
    try withPair {
      var capture = try PacketCapture(interface: "b0")
      let injector = try PacketInjector(interface: "b0")
      try ip("link del b0")
      let error = eventuallyThrows { () throws(PacketIOError) in try capture.read { _ in } }
      #expect(error == .interfaceVanished("b0"))
      #expect(eventuallyThrows { () throws(PacketIOError) in try capture.read { _ in } } == error)
      let bytes = frame(type: experimental)
      #expect(throws: PacketIOError.interfaceVanished("b0")) { try send(bytes, injector) }
      #expect(throws: PacketIOError.interfaceVanished("b0")) { try send(bytes, injector) }
      // One that returns is another.
      try ip("link add a0 type veth peer name b0")
      #expect(throws: PacketIOError.interfaceVanished("b0")) { try send(bytes, injector) }
    }
  }

  @Test func whatIsNotThereCannotBeOpened() throws {
    try withPair {
      for name in ["nope", "any", "", "a-name-longer-than-any"] {
        #expect(throws: PacketIOError.interfaceVanished(name)) {
          _ = try PacketCapture(interface: name).interface
        }
        #expect(throws: PacketIOError.interfaceVanished(name)) {
          _ = try PacketInjector(interface: name).interface
        }
      }
    }
  }

  private func eventuallyThrows(_ body: () throws(PacketIOError) -> Int) -> PacketIOError? {
    var error: PacketIOError?
    _ = eventually {
      do throws(PacketIOError) {
        _ = try body()
        return false
      } catch let thrown {
        error = thrown
        return true
      }
    }
    return error
  }
}
