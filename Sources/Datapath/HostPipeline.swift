import CTables
public import Forwarding
import Wire

/// The pipeline over tables in memory for single frames: what the datapath in the daemon does, without ports. The tables
/// change as if the frame had come.
public struct HostPipeline {
  public struct Decision: Sendable {
    public var verdict: Verdict
    public var note: PacketNote
    /// As it leaves, tag and all, of `forward` and `reply`.
    public var sent: [UInt8]?
  }

  private let tables: MemoryTables

  public init(_ memory: TableMemory) { tables = MemoryTables(memory, cpu: 0) }

  /// - Parameter port: a number that is a port's.
  public func process(_ frame: [UInt8], port: Int) -> Decision {
    let number = UInt32(clamping: port)
    let pipeline = Pipeline(tables: tables)
    // Room for a tag.
    let room = 4
    var buffer = [UInt8](repeating: 0, count: room) + frame
    var verdict = Verdict.drop(.runt)
    var sent: [UInt8]?
    buffer.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      let view = Frame(base: start + room, end: start + bytes.count)
      verdict = pipeline.process(view, port: number)
      switch verdict {
      case .reply: sent = Array(UnsafeRawBufferPointer(start: view.base, count: view.count))
      case .forward(let out, let tag):
        if let leaving = HostPipeline.retagged(view, tag) {
          sent = Array(UnsafeRawBufferPointer(start: leaving.base, count: leaving.count))
        } else {
          pipeline.undo(size: UInt64(view.count), to: out, from: number, reason: .noHeadroom)
          verdict = .drop(.noHeadroom)
        }
      case .drop, .punt, .flood: break
      }
    }
    return Decision(
      verdict: verdict, note: PacketNote(word: tables.port(number)?.pointee.note ?? 0), sent: sent)
  }

  /// Nil: too short for the change.
  private static func retagged(_ frame: Frame, _ tag: TagChange) -> Frame? {
    guard frame.has(14) else { return nil }
    let addresses = Retag.Addresses(of: frame)
    switch tag {
    case .keep, .replace: return frame
    case .push(let vlan):
      let longer = Frame(base: frame.base - 4, end: frame.end)
      return Retag.push(longer, addresses, vlan: vlan) ? longer : nil
    case .pop:
      let shorter = Frame(base: frame.base + 4, end: frame.end)
      return Retag.pop(shorter, addresses) ? shorter : nil
    }
  }
}
