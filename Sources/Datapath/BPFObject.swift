import CDatapath
import CTables
import Glibc
import KernelDatapath

/// One of the eBPF programs with its maps, loaded. What it is made of is in `DatapathObject`; what the kernel made of it here.
final class BPFObject {
  private let handle: OpaquePointer
  let dimensions: Dimensions
  let hook: Hook
  private let shape: TableShape
  /// The program, if it was not loaded here.
  private let earlier: CInt?

  /// Where a program stands in the kernel; the value is its name, or begins it (`TableShape.suffix`). Of a name the kernel
  /// keeps 15 bytes.
  enum Hook: String, CaseIterable {
    case xdp = "flowswitch_xdp"
    case tc = "flowswitch_tc"
  }

  /// Loads the program of a hook, and makes the maps in the better shape, unless the kernel does not take that.
  static func made(_ dimensions: Dimensions, _ hook: Hook, direct: Bool) throws(DatapathError) -> BPFObject {
    if direct && TableShape.direct.fits(dimensions) {
      do throws(DatapathError) {
        return try BPFObject(dimensions, hook, .direct)
      } catch  where error.code != EPERM {}
    }
    return try BPFObject(dimensions, hook, .lookups)
  }

  /// Loads the program of a hook. Tables in `reuse` are taken as they are; the others are made.
  init(
    _ dimensions: Dimensions, _ hook: Hook, _ shape: TableShape, reuse: [String: CInt] = [:]
  ) throws(DatapathError) {
    self.dimensions = dimensions
    self.hook = hook
    self.shape = shape
    earlier = nil
    let bytes = DatapathObject.bytes
    var code: CInt = 0
    guard let handle = bytes.withUnsafeBytes({ fs_bpf_open($0.baseAddress, $0.count, &code) }) else {
      throw DatapathError.system("read the datapath's object", code)
    }
    // From here on `deinit` closes it, also when this throws.
    self.handle = handle
    for table in TableID.allCases {
      let (size, records) = shape.map(table, dimensions)
      try BPFObject.check(
        fs_bpf_resize(handle, table.rawValue, UInt32(clamping: size), UInt32(clamping: records)),
        "size \(table.rawValue)")
    }
    for ring in ["fs_tap", BPFObject.punts] {
      try BPFObject.check(fs_bpf_resize(handle, ring, 4, UInt32(dimensions.cpus)), "size \(ring)")
    }
    for (name, fd) in reuse { try BPFObject.check(fs_bpf_reuse(handle, name, fd), "take over \(name)") }
    var constants = dimensions.constants
    try BPFObject.check(
      fs_bpf_set_constants(handle, ".rodata.fs", &constants, MemoryLayout<fs_dimensions>.size),
      "set the dimensions")
    var log = [CChar](repeating: 0, count: 1 << 20)
    let error = fs_bpf_load(handle, programName, &log, log.count)
    if error != 0 { throw BPFObject.refusal(error, log: log) }
  }

  /// The program that an earlier daemon pinned, if it is of the same object and of these maps: the verifier takes its time
  /// to look at one that it has seen before, too.
  init?(pinned pins: PinFolder, _ maps: PinnedMaps, _ hook: Hook) {
    dimensions = maps.dimensions
    self.hook = hook
    shape = maps.shape
    let program = fs_bpf_get(pins.same(BPFObject.identity(hook, shape)))
    if program < 0 { return nil }
    let bytes = DatapathObject.bytes
    var code: CInt = 0
    guard maps.areThose(of: program, pins),
      let handle = bytes.withUnsafeBytes({ fs_bpf_open($0.baseAddress, $0.count, &code) })
    else {
      close(program)
      return nil
    }
    // From here on `deinit` closes both.
    self.handle = handle
    earlier = program
    for (name, fd) in maps.descriptors where fs_bpf_reuse(handle, name, fd) != 0 { return nil }
  }

  deinit {
    fs_bpf_close(handle)
    if let earlier { close(earlier) }
  }

  /// Name and origin of the program.
  var identity: String { BPFObject.identity(hook, shape) }

  private static func identity(_ hook: Hook, _ shape: TableShape) -> String {
    "\(hook.rawValue)\(shape.suffix)_\(DatapathObject.digest)"
  }

  /// Frames that the tc program gives to control.
  static var punts: String { "fs_punts" }
  /// Port → interface, for the tc program.
  static var interfaces: String { "fs_interfaces" }
  /// The maps that are not memory of the daemon.
  static var kernelMaps: [String] { ["fs_ifindexes", "fs_ports", interfaces, "fs_tap", punts] }
  static var allMaps: [String] { TableID.allCases.map(\.rawValue) + kernelMaps }

  private var programName: String { hook.rawValue + shape.suffix }
  var program: CInt { earlier ?? fs_bpf_program(handle, programName) }
  func map(_ name: String) -> CInt { fs_bpf_map(handle, name) }

  private static func check(_ code: CInt, _ what: String) throws(DatapathError) {
    if code < 0 { throw DatapathError.system(what, code) }
  }

  /// The verifier's complaint, readable: the last lines before its statistics, where it says what and where.
  private static func refusal(_ code: CInt, log: [CChar]) -> DatapathError {
    let text = log.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    let lines = text.split(separator: "\n").filter { !$0.isEmpty }
    var error = DatapathError.system("load the datapath into the kernel", code)
    switch abs(code) {
    case EPERM:
      error.message += " (CAP_BPF and CAP_NET_ADMIN are needed, or CAP_SYS_ADMIN before Linux 5.8)"
    case ENOMEM:
      error.message += " (memory for \(TableID.allCases.count) tables; see `ulimit -l` before Linux 5.11)"
    default: break
    }
    if lines.isEmpty { return error }
    let last = lines.suffix(12).map { "  | " + $0.prefix(160) }
    error.message += "\nThe kernel's verifier says:\n" + last.joined(separator: "\n")
    return error
  }
}
