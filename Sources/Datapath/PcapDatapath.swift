import CTables
import Forwarding
import Glibc
public import LinuxPlatform
import Synchronization
import Wire

/// The pipeline in the daemon, over libpcap: where the kernel can't run it. A thread a port reads, decides and sends;
/// the tables live in a file, so that a restarted daemon goes on with the same flows. While no daemon runs, nothing is
/// forwarded.
public final class PcapDatapath: Datapath, Sendable {
  public typealias PuntHandler = @Sendable (_ port: Int, _ frame: [UInt8]) -> Void

  public var kind: DatapathKind { .pcap }
  public let tables: TableMemory
  public let isAdopted: Bool
  private let path: String
  private let onPunt: PuntHandler
  private let onFailure: @Sendable (_ port: Int, PacketIOError) -> Void
  private let ports = Mutex<[Int: PcapPort]>([:])
  /// Counts changes of `ports`, so that the threads notice without the lock.
  private let generation = Atomic<Int>(0)
  private let tap = Mutex<(@Sendable (TapSample) -> Void)?>(nil)
  private let capturing = Mutex<Capture?>(nil)

  private struct Capture {
    var ports: Set<Int>?
    var snap: Int
    var onSample: @Sendable (CaptureSample) -> Void
  }

  /// - Parameters:
  ///   - path: the tables' file.
  ///   - wanted: one CPU a port.
  ///   - earlier: of the tables that are in the file; nil if there are none.
  ///   - elsewhere: tables of another datapath of this instance, to go on with where there are none in the file.
  public init(
    path: String, wanted: Dimensions, earlier: Dimensions?, elsewhere: TableMemory? = nil,
    onPunt: @escaping PuntHandler,
    onFailure: @escaping @Sendable (_ port: Int, PacketIOError) -> Void
  ) throws(DatapathError) {
    self.path = path
    self.onPunt = onPunt
    self.onFailure = onFailure
    let present = earlier.flatMap { PcapDatapath.earlierTables(path, $0) }
    if let present, present.dimensions.holds(wanted) {
      tables = present
      isAdopted = true
      return
    }
    // What is mapped stays when the file is replaced.
    let known = present ?? elsewhere
    unlink(path)
    tables = try TableMemory.file(path, known?.dimensions.grown(for: wanted) ?? wanted)
    if let known { tables.takeOver(known) }
    isAdopted = known != nil
  }

  /// The tables that an earlier daemon left in its file. Nil when it is not theirs.
  public static func earlierTables(_ path: String, _ dimensions: Dimensions) -> TableMemory? {
    var status = stat()
    guard dimensions.isPlausible, stat(path, &status) == 0, status.st_size == TableMemory.fileSize(dimensions)
    else { return nil }
    return try? TableMemory.file(path, dimensions)
  }

  public func attach(port: Int, interface: String, ifindex: Int) throws(DatapathError) {
    let made: PcapPort
    do {
      made = try PcapPort(index: port, interface: interface)
    } catch {
      throw DatapathError(error.description)
    }
    ports.withLock { $0[port] = made }
    generation.add(1, ordering: .releasing)
    do {
      try made.start { [self] in run(made) }
    } catch {
      detach(port: port)
      throw DatapathError("can't start a thread for \(interface): \(error)")
    }
  }

  public func detach(port: Int) {
    let gone = ports.withLock { $0.removeValue(forKey: port) }
    generation.add(1, ordering: .releasing)
    gone?.stop()
  }

  public func openTap(_ onSample: @escaping @Sendable (TapSample) -> Void) throws(DatapathError) -> any Tap {
    tap.withLock { $0 = onSample }
    return ClosureTap { [weak self] in self?.tap.withLock { $0 = nil } }
  }

  public func openCapture(
    ports: Set<Int>?, snap: Int, _ onSample: @escaping @Sendable (CaptureSample) -> Void
  ) throws(DatapathError) -> any Tap {
    let snap = min(max(snap, 0), Int(FS_CAPTURE_BYTES))
    capturing.withLock { $0 = Capture(ports: ports, snap: snap, onSample: onSample) }
    return ClosureTap { [weak self] in self?.capturing.withLock { $0 = nil } }
  }

  public func close(keep: Bool) {
    let all = ports.withLock { ports in
      defer { ports = [:] }
      return Array(ports.values)
    }
    for port in all { port.stop() }
    if !keep { unlink(path) }
  }

  // MARK: A port's thread

  private func run(_ port: PcapPort) {
    // Each thread has counters of its own.
    let pipeline = Pipeline(tables: MemoryTables(tables, cpu: port.index % tables.dimensions.cpus))
    let headroom = 64
    let room = headroom + PacketCapture.maximumSnapshotLength + 4
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 64)
    defer { buffer.deallocate() }
    var known = -1
    var others: [Int: PcapPort] = [:]
    do {
      while try port.wait() {
        let show = tap.withLock { $0 }
        let capture = capturing.withLock { $0 }.flatMap {
          $0.ports?.contains(port.index) == false ? nil : $0
        }
        let now = generation.load(ordering: .acquiring)
        if now != known {
          others = ports.withLock { $0 }
          known = now
        }
        try port.read { frame in
          guard let source = frame.baseAddress, frame.count <= PacketCapture.maximumSnapshotLength else {
            return
          }
          memcpy(buffer + headroom, source, frame.count)
          let base = buffer + headroom
          forward(Frame(base: base, end: base + frame.count), pipeline, port, others, show, capture)
        }
      }
    } catch {
      onFailure(port.index, error)
    }
  }

  private func forward(
    _ frame: Frame, _ pipeline: Pipeline<MemoryTables>, _ port: PcapPort, _ others: [Int: PcapPort],
    _ show: (@Sendable (TapSample) -> Void)?, _ capture: Capture?
  ) {
    let from = UInt32(port.index)
    let destination = frame.has(14) ? frame.mac(0) : 0
    let before = capture.map { start($0, frame) }
    let verdict = pipeline.process(frame, port: from)
    if let capture, let before { finish(capture, before, frame, verdict, pipeline.tables, from) }
    if let show {
      let bytes = UnsafeRawBufferPointer(start: frame.base, count: min(frame.count, Int(FS_TAP_BYTES)))
      show(
        TapSample(
          destination: MACAddress(raw: destination), length: frame.count, port: port.index,
          outcome: TapSample.Outcome(verdict), bytes: Array(bytes)))
    }
    switch verdict {
    case .drop: break
    case .punt: onPunt(port.index, Array(UnsafeRawBufferPointer(start: frame.base, count: frame.count)))
    case .reply: _ = port.send(frame)
    case .flood: for (index, other) in others where index != port.index { _ = other.send(frame) }
    case .forward(let out, let tag):
      var sent = frame
      let addresses = frame.has(14) ? Retag.Addresses(of: frame) : nil
      var isReady = true
      if let addresses {
        switch tag {
        case .keep, .replace: break
        case .push(let vlan):
          sent = Frame(base: frame.base - 4, end: frame.end)
          isReady = Retag.push(sent, addresses, vlan: vlan)
        case .pop:
          sent = Frame(base: frame.base + 4, end: frame.end)
          isReady = Retag.pop(sent, addresses)
        }
      }
      let other = others[Int(out)]
      if isReady, let other, other.send(sent) { return }
      pipeline.undo(
        size: UInt64(sent.count), to: out, from: from,
        reason: !isReady ? .noHeadroom : other == nil ? .portDown : .queueFull)
    }
  }
}

extension PcapDatapath {
  /// The frame as it came.
  private func start(_ capture: Capture, _ frame: Frame) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: frame.base, count: min(frame.count, capture.snap)))
  }

  private func finish(
    _ capture: Capture, _ before: [UInt8], _ frame: Frame, _ verdict: Verdict, _ tables: MemoryTables,
    _ port: UInt32
  ) {
    var after: [UInt8]?
    switch verdict {
    case .forward, .reply: after = Array(UnsafeRawBufferPointer(start: frame.base, count: before.count))
    case .drop, .punt, .flood: break
    }
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    capture.onSample(
      CaptureSample(
        time: UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec), length: frame.count, port: Int(port),
        outcome: TapSample.Outcome(verdict), note: PacketNote(word: tables.port(port)?.pointee.note ?? 0),
        before: before, after: after))
  }
}

/// One port's capture and injector.
private final class PcapPort: Sendable {
  let index: Int
  private let capture: Mutex<PacketCapture>
  private let injector: PacketInjector
  private let isStopping = Atomic<Bool>(false)
  private let thread = Mutex<PlatformThread?>(nil)
  private let descriptor: CInt

  init(index: Int, interface: String) throws(PacketIOError) {
    self.index = index
    let capture = try PacketCapture(
      interface: interface, snapshotLength: PacketCapture.maximumSnapshotLength, bufferBytes: 16 << 20)
    descriptor = capture.fileDescriptor
    self.capture = Mutex(capture)
    injector = try PacketInjector(interface: interface)
  }

  func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
    let made = try PlatformThread(name: "fs-port-\(index)", body)
    thread.withLock { $0 = made }
  }

  /// Returns when the thread has ended.
  func stop() {
    isStopping.store(true, ordering: .releasing)
    thread.withLock { $0 }?.join()
  }

  /// False: stop.
  func wait() throws(PacketIOError) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    poll(&entry, 1, 100)
    return !isStopping.load(ordering: .acquiring)
  }

  func read(_ body: (UnsafeRawBufferPointer) -> Void) throws(PacketIOError) {
    // Only this port's thread reads; the lock is never contended.
    let failure: PacketIOError? = capture.withLock { capture in
      do throws(PacketIOError) {
        try capture.read(upTo: 256) { body($0.bytes) }
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  /// False: the frame did not go out.
  func send(_ frame: Frame) -> Bool {
    let bytes = UnsafeRawBufferPointer(start: frame.base, count: frame.count)
    guard let result = try? injector.send(bytes) else { return false }
    return result == .sent
  }
}

private final class ClosureTap: Tap {
  private let onClose: @Sendable () -> Void

  init(_ onClose: @escaping @Sendable () -> Void) { self.onClose = onClose }

  var missed: UInt64 { 0 }
  func close() { onClose() }
}

extension TapSample.Outcome {
  init(_ verdict: Verdict) {
    switch verdict {
    case .drop(let reason): self = .dropped(reason)
    case .punt(let reason): self = .punted(reason)
    case .forward(let port, _): self = .forwarded(port: Int(port))
    case .flood: self = .flooded
    case .reply: self = .replied
    }
  }
}
