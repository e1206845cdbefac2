import CTables
import Glibc

/// The tables' memory: BPF maps mapped into the daemon, a file (so that it survives the daemon), or nobody else's.
///
/// Shared on purpose, with the kernel's program or with the capture threads: words are read and written singly, as
/// `tables.h` says which may change at any time. All writing of policy is done by one control task.
public final class TableMemory: @unchecked Sendable {
  public let dimensions: Dimensions
  private let regions: [UnsafeMutableRawPointer]
  private let lengths: [Int]
  /// Answers' records that were freed, and when: a reader may still be at them.
  var freedAnswers: [Int: UInt32] = [:]

  private init(_ dimensions: Dimensions, map: (TableID, Int) throws(DatapathError) -> UnsafeMutableRawPointer)
    throws(DatapathError)
  {
    self.dimensions = dimensions
    var regions: [UnsafeMutableRawPointer] = []
    var lengths: [Int] = []
    let page = Int(getpagesize())
    for table in TableID.allCases {
      let length = (table.bytes(dimensions) + page - 1) / page * page
      do throws(DatapathError) {
        regions.append(try map(table, length))
        lengths.append(length)
      } catch {
        for (region, length) in zip(regions, lengths) { munmap(region, length) }
        throw error
      }
    }
    self.regions = regions
    self.lengths = lengths
  }

  deinit {
    for (region, length) in zip(regions, lengths) { munmap(region, length) }
  }

  /// Empties all tables: what a fresh start has. Not while frames are forwarded.
  public func clear() {
    for (region, length) in zip(regions, lengths) { memset(region, 0, length) }
    freedAnswers = [:]
  }

  /// Memory of this process alone, zeroed.
  public static func anonymous(_ dimensions: Dimensions) throws(DatapathError) -> TableMemory {
    try TableMemory(dimensions) { (table, length) throws(DatapathError) in
      try map(length, flags: MAP_PRIVATE | MAP_ANONYMOUS, file: -1, offset: 0, of: table)
    }
  }

  /// Memory that a file keeps; a new file is zeroed.
  public static func file(_ path: String, _ dimensions: Dimensions) throws(DatapathError) -> TableMemory {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    if file < 0 { throw DatapathError.system("open \(path)", errno) }
    defer { close(file) }
    // In one go: step by step, the first step would cut off what is there.
    if ftruncate(file, off_t(fileSize(dimensions))) != 0 {
      throw DatapathError.system("make room in \(path)", errno)
    }
    var offset = 0
    return try TableMemory(dimensions) { (table, length) throws(DatapathError) in
      defer { offset += length }
      return try map(length, flags: MAP_SHARED, file: file, offset: offset, of: table)
    }
  }

  /// Bytes of the file that keeps tables of these dimensions.
  static func fileSize(_ dimensions: Dimensions) -> Int {
    let page = Int(getpagesize())
    return TableID.allCases.reduce(0) { $0 + ($1.bytes(dimensions) + page - 1) / page * page }
  }

  /// The maps' memory.
  static func maps(_ descriptors: [TableID: CInt], _ dimensions: Dimensions) throws(DatapathError)
    -> TableMemory
  {
    try TableMemory(dimensions) { (table, length) throws(DatapathError) in
      try map(length, flags: MAP_SHARED, file: descriptors[table] ?? -1, offset: 0, of: table)
    }
  }

  private static func map(_ length: Int, flags: CInt, file: CInt, offset: Int, of table: TableID)
    throws(DatapathError) -> UnsafeMutableRawPointer
  {
    let region = mmap(nil, length, PROT_READ | PROT_WRITE, flags, file, off_t(offset))
    guard let region, region != MAP_FAILED else {
      throw DatapathError.system("map \(table.rawValue) (\(length) bytes)", errno)
    }
    return region
  }

  /// The first record of a table.
  @inline(__always)
  func base<Record>(_ table: TableID, of: Record.Type) -> UnsafeMutablePointer<Record> {
    region(table).assumingMemoryBound(to: Record.self)
  }

  /// A table's bytes, for comparison and copying.
  public func bytes(_ table: TableID) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: region(table), count: table.bytes(dimensions))
  }

  private func region(_ table: TableID) -> UnsafeMutableRawPointer {
    regions[TableID.allCases.firstIndex(of: table) ?? 0]
  }
}
