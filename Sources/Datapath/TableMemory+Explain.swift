public import Forwarding
import Wire

extension TableMemory {
  /// What the datapath would do now with a frame that came in on `port`, and which tables it would ask. Nothing in the
  /// tables changes: no counter, no station, no flow. `frame` becomes as it would leave, but for a tag to add or remove.
  public func explain(frame: inout [UInt8], port: Int) -> (Verdict, [ExplainLookup]) {
    let tables = ExplainTables(self)
    let verdict = frame.withUnsafeMutableBytes { bytes -> Verdict in
      guard let base = bytes.baseAddress else { return .drop(.runt) }
      let view = Frame(base: base, end: base + bytes.count)
      // The long way, so that each table is asked once.
      return Pipeline(tables: tables, hasLane: false).process(view, port: UInt32(port))
    }
    return (verdict, tables.lookups)
  }
}
