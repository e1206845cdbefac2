import CDatapath

/// What a switch could leave behind when it ends: in its network namespace, and of what it made in the kernel.
struct SoakTraces {
  private let lab: LabNetwork
  /// Of every daemon that ran.
  private var programs: Set<UInt32> = []
  private var maps: Set<UInt32> = []

  init(_ lab: LabNetwork) { self.lab = lab }

  /// Takes down what the daemon has now. Daemons come and go, and each may load programs.
  mutating func note() {
    guard let daemon = lab.process("daemon") else { return }
    let folder = "/proc/\(daemon.pid)/fdinfo"
    for name in TextFile.names(in: folder) {
      for line in (TextFile.read("\(folder)/\(name)") ?? "").split(separator: "\n") {
        if let number = Self.number("prog_id:", line) { programs.insert(number) }
        if let number = Self.number("map_id:", line) { maps.insert(number) }
      }
    }
  }

  static func number(_ field: String, _ line: Substring) -> UInt32? {
    guard line.hasPrefix(field) else { return nil }
    return UInt32(line.dropFirst(field.count).drop(while: \.isWhitespace))
  }

  /// What is left, in words, when the daemon has ended as it is told to by its service manager.
  func left() throws -> [String] {
    guard !programs.isEmpty || lab.datapath == .pcap else {
      return ["nothing is known of the daemon's programs"]
    }
    guard let found = KernelState.load(lab.foundFile) else { return ["nothing is known of the time before"] }
    var left = try KernelState(of: .sw, in: lab).differences(from: found)
    left += programs.sorted().filter { fs_bpf_is_program($0) == 1 }.map { "program \($0)" }
    left += maps.sorted().filter { fs_bpf_is_map($0) == 1 }.map { "map \($0)" }
    left += TextFile.names(in: "\(LabNetwork.pinDirectory)/\(lab.name)").map { "pin \($0)" }
    if TextFile.exists(lab.socket) { left.append("socket \(lab.socket)") }
    return left
  }
}
