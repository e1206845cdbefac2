import Glibc

/// What the kernel says of this process (proc(5)), with the names that Prometheus' own libraries give it. What cannot be
/// read is left out.
struct ProcessStatistics: Hashable, Sendable {
  var cpuSeconds: Double?
  var residentBytes: Int?
  var virtualBytes: Int?
  var openFiles: Int?
  var maximumFiles: UInt64?
  var threads: Int?
  var startSeconds: Double?

  init() {
    let ticks = Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
    let page = sysconf(Int32(_SC_PAGESIZE))
    // The name in parentheses may have blanks and parentheses of its own: fields count from the last one.
    if let stat = ProcessStatistics.read("/proc/self/stat"), let end = stat.lastIndex(of: ")") {
      let fields = stat[stat.index(after: end)...].split(separator: " ")
      if fields.count > 21 {
        if let user = Double(fields[11]), let system = Double(fields[12]) {
          cpuSeconds = (user + system) / ticks
        }
        threads = Int(fields[17])
        virtualBytes = Int(fields[20])
        residentBytes = Int(fields[21]).map { $0 * page }
        if let start = Double(fields[19]), let boot = ProcessStatistics.bootTime {
          startSeconds = boot + start / ticks
        }
      }
    }
    openFiles = ProcessStatistics.countOpenFiles()
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      maximumFiles = UInt64(limit.rlim_cur)
    }
  }

  func samples(of family: MetricFamily) -> MetricsSnapshot.Samples {
    let value: String? =
      switch family {
      case .processCPU: cpuSeconds.map { "\($0)" }
      case .processResident: residentBytes.map { "\($0)" }
      case .processVirtual: virtualBytes.map { "\($0)" }
      case .processFiles: openFiles.map { "\($0)" }
      case .processMaximumFiles: maximumFiles.map { "\($0)" }
      case .processThreads: threads.map { "\($0)" }
      case .processStart: startSeconds.map { "\($0)" }
      default: nil
      }
    return value.map { [([], $0)] } ?? []
  }

  private static var bootTime: Double? {
    guard let text = read("/proc/stat") else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix("btime ") {
      return Double(line.dropFirst(6))
    }
    return nil
  }

  private static func countOpenFiles() -> Int? {
    guard let folder = opendir("/proc/self/fd") else { return nil }
    defer { closedir(folder) }
    // Neither `.` and `..` nor the descriptor that looks.
    var count = -3
    while readdir(folder) != nil { count += 1 }
    return count
  }

  private static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16384)
    while bytes.count < 1 << 20 {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
