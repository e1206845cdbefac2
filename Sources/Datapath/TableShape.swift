import CTables

/// How the kernel's maps hold the tables that most frames need. The bytes are the same.
enum TableShape: CaseIterable {
  /// Each a map of one value, to which the program has an address. Kernels before 6.0 take values of 4 MiB at the
  /// most, all take addresses within 512 MiB.
  case direct
  /// Each a map of records, which are looked up.
  case lookups

  /// What the name of the program for such maps ends with.
  var suffix: String {
    switch self {
    case .direct: ""
    case .lookups: "_lookups"
    }
  }

  /// Whether a table is a map of one value.
  func isValue(_ table: TableID) -> Bool { self == .direct && table.isDirect }

  /// What the verifier lets a program add to an address (BPF_MAX_VAR_OFF).
  private static var limit: Int { 1 << 29 }

  /// Whether tables of these dimensions can have this shape, for all that is known before the kernel is asked.
  func fits(_ dimensions: Dimensions) -> Bool {
    TableID.allCases.allSatisfy { !isValue($0) || $0.bytes(dimensions) <= TableShape.limit }
  }

  /// The value's size and the number of records of a table's map.
  func map(_ table: TableID, _ dimensions: Dimensions) -> (valueSize: Int, records: Int) {
    isValue(table) ? (table.bytes(dimensions), 1) : (table.stride, table.count(dimensions))
  }
}
