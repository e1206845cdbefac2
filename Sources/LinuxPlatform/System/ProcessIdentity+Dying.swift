extension ProcessIdentity {
  /// Killed, but not through with it: its threads still close their sockets, which takes the kernel a while each, and
  /// its locks are held until then. A zombie whose threads are all gone holds nothing.
  public var isDying: Bool {
    guard let status = try? TextFile.read("/proc/\(id)/status") else { return false }
    var isZombie = false
    var threads = 0
    for line in status.split(separator: "\n") {
      let fields = line.split { $0 == ":" || $0 == "\t" || $0 == " " }
      guard fields.count > 1 else { continue }
      if fields[0] == "State" { isZombie = fields[1] == "Z" || fields[1] == "X" }
      if fields[0] == "Threads" { threads = Int(fields[1]) ?? 0 }
    }
    return isZombie && threads > 1
  }
}
