import CSupport
import CTables
public import Datapath
import Forwarding
import Wire

/// The pipeline in this process. Frames end at an inaccessible page, so that a byte read or written beyond them ends
/// the test.
public final class HostRunner: Runner {
  public let tables: TableMemory
  /// Bytes before a frame, for a tag.
  public var headroom = 256
  /// Whether frames may take the pipeline's lane.
  public var hasLane = true
  private let memory: MemoryTables
  private let room = 1 << 17
  private let buffer: UnsafeMutableRawPointer

  /// `cpu`: whose records of ports and members.
  public init(_ dimensions: Dimensions, cpu: Int = 0) throws {
    tables = try TableMemory.anonymous(dimensions)
    memory = MemoryTables(tables, cpu: cpu)
    guard let frames = cs_guarded(UInt64(room)) else { throw SandboxError("no memory for frames") }
    buffer = frames
  }

  deinit { cs_unguard(buffer, UInt64(room)) }

  public func run(_ frame: inout [UInt8], port: Int) throws(SandboxError) -> XDPAction {
    let end = buffer + room
    let view = Frame(base: end - frame.count, end: end)
    view.base.copyMemory(from: frame, byteCount: frame.count)
    let (action, left) = decide(view, port: UInt32(port))
    if left.count != frame.count { frame = [UInt8](repeating: 0, count: left.count) }
    frame.withUnsafeMutableBytes { $0.copyMemory(from: .init(start: left.base, count: left.count)) }
    return action
  }

  /// What the entry point in the XDP hook does with a verdict (KernelDatapath/Kernel/XDP.swift).
  private func decide(_ frame: Frame, port: UInt32) -> (XDPAction, Frame) {
    let pipeline = Pipeline(tables: memory, hasLane: hasLane)
    switch pipeline.process(frame, port: port) {
    case .drop: return (.drop, frame)
    case .punt: return (.pass, frame)
    case .reply: return (.redirect, frame)
    case .flood: return (.redirect, frame)
    case .forward(let out, let tag):
      guard let left = retagged(frame, tag) else {
        pipeline.undo(size: size(frame, tag), to: out, from: port, reason: .noHeadroom)
        return (.drop, frame)
      }
      if HostRunner.ports.contains(Int(out)) { return (.redirect, left) }
      pipeline.undo(size: size(frame, tag), to: out, from: port, reason: .portDown)
      return (.drop, left)
    }
  }

  /// Empties what the datapath keeps in a port's record for one frame alone.
  public static func clearNotes(_ tables: TableMemory, port: Int, cpu: Int) {
    guard let record = MemoryTables(tables, cpu: cpu).port(UInt32(port)) else { return }
    record.pointee.scratch = 0
    record.pointee.source_key = 0
    record.pointee.source_member = 0
    record.pointee.source_bucket = 0
  }

  private func size(_ frame: Frame, _ tag: TagChange) -> UInt64 {
    UInt64(frame.count + tag.bytes)
  }

  private func retagged(_ frame: Frame, _ tag: TagChange) -> Frame? {
    if case .keep = tag { return frame }
    guard frame.has(18) else { return nil }
    let addresses = Retag.Addresses(of: frame)
    switch tag {
    case .keep, .replace: return frame
    case .pop:
      let left = Frame(base: frame.base + 4, end: frame.end)
      // The XDP hook leaves at least an Ethernet header.
      return left.has(14) && Retag.pop(left, addresses) ? left : nil
    case .push(let vlan):
      if headroom < 4 { return nil }
      let left = Frame(base: frame.base - 4, end: frame.end)
      return Retag.push(left, addresses, vlan: vlan) ? left : nil
    }
  }
}
