import CTables
import Forwarding

/// Tables for one frame that is not there: every record is a copy, so that what the pipeline writes changes nothing that
/// is forwarded by, and every lookup is noted. Not for the datapath: it allocates.
struct ExplainTables: Tables {
  private let base: MemoryTables
  private let notes: Notes

  /// A lookup's copy stays for the frame's whole way, since the pipeline reads back what it wrote.
  private final class Notes {
    var lookups: [ExplainLookup] = []
    var copies: [UnsafeMutableRawPointer: UnsafeMutableRawPointer] = [:]

    deinit { for copy in copies.values { copy.deallocate() } }

    func copy<R>(_ record: UnsafeMutablePointer<R>?, count: Int) -> UnsafeMutablePointer<R>? {
      guard let record else { return nil }
      let original = UnsafeMutableRawPointer(record)
      if let known = copies[original] { return known.assumingMemoryBound(to: R.self) }
      let size = MemoryLayout<R>.stride * count
      let made = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
      made.copyMemory(from: original, byteCount: size)
      copies[original] = made
      return made.assumingMemoryBound(to: R.self)
    }
  }

  init(_ memory: TableMemory) {
    base = MemoryTables(memory, cpu: 0)
    notes = Notes()
  }

  var lookups: [ExplainLookup] { notes.lookups }

  private func note<R>(_ lookup: ExplainLookup, _ record: UnsafeMutablePointer<R>?, count: Int = 1)
    -> UnsafeMutablePointer<R>?
  {
    notes.lookups.append(lookup)
    return notes.copy(record, count: count)
  }

  func settings() -> UnsafeMutablePointer<fs_switch>? { notes.copy(base.settings(), count: 1) }

  func port(_ index: UInt32) -> UnsafeMutablePointer<fs_port>? { note(.port(Int(index)), base.port(index)) }

  func port(_ index: UInt32, ofCPU cpu: UInt32) -> UnsafeMutablePointer<fs_port>? {
    notes.copy(base.port(index, ofCPU: cpu), count: 1)
  }

  func cluster(_ index: UInt32) -> UnsafeMutablePointer<fs_cluster>? {
    note(.cluster(Int(index)), base.cluster(index))
  }

  func services(_ set: UInt32) -> UnsafeMutablePointer<fs_services>? {
    note(.services(set: Int(set)), base.services(set))
  }

  func bucket(_ index: UInt32) -> UnsafeMutablePointer<fs_bucket>? {
    guard let record = base.bucket(index) else { return nil }
    return note(.bucket(Int(index), BucketWord(word: record.pointee.assignment)), record)
  }

  func bucketCounter(_ index: UInt32) -> UnsafeMutablePointer<fs_bucket_counter>? {
    notes.copy(base.bucketCounter(index), count: 1)
  }

  func transit(_ bucket: UInt32) -> UnsafeMutablePointer<fs_transit>? {
    note(.transit(bucket: Int(bucket)), base.transit(bucket))
  }

  func member(_ index: UInt32) -> UnsafeMutablePointer<fs_member>? {
    note(.member(Int(index)), base.member(index))
  }

  func router(_ index: UInt32) -> UnsafeMutablePointer<fs_router>? {
    note(.router(Int(index)), base.router(index))
  }

  func stations(_ set: UInt32) -> UnsafeMutablePointer<UInt64>? {
    note(.station(set: Int(set)), base.stations(set), count: 8)
  }

  func fragments(_ set: UInt32) -> UnsafeMutablePointer<UInt64>? {
    note(.fragment(set: Int(set)), base.fragments(set), count: 8)
  }

  func flows(_ set: UInt32) -> UnsafeMutablePointer<UInt64>? {
    note(.flow(set: Int(set)), base.flows(set), count: 8)
  }

  func sources(_ set: UInt32) -> UnsafeMutablePointer<UInt64>? {
    note(.source(set: Int(set)), base.sources(set), count: 8)
  }

  func answers(_ set: UInt32) -> UnsafeMutablePointer<fs_answer>? {
    note(.answer(set: Int(set)), base.answers(set), count: 4)
  }

  func subnet(_ index: UInt32) -> UnsafeMutablePointer<fs_subnet>? {
    note(.subnet(Int(index)), base.subnet(index))
  }

  func reason(_ reason: UInt32, port: UInt32) -> UnsafeMutablePointer<fs_counter>? {
    let named = Reason(rawValue: UInt8(truncatingIfNeeded: reason))
    if let named { notes.lookups.append(.reason(named)) }
    return notes.copy(base.reason(reason, port: port), count: 1)
  }

  var flowMask: UInt32 { base.flowMask }
  var sourceMask: UInt32 { base.sourceMask }
  var answerMask: UInt32 { base.answerMask }
  var cpus: UInt32 { base.cpus }
}
