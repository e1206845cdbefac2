import CDatapath

/// How a program stands on an interface.
enum AttachMode: CInt {
  // As the numbers of `fs_bpf_attach_xdp`.
  case native = 1
  case generic = 2
  case tc

  init(_ kind: DatapathKind) {
    switch kind {
    case .xdpGeneric: self = .generic
    case .tc: self = .tc
    case .xdp, .pcap: self = .native
    }
  }

  /// Of a link that is in force in this network namespace; nil: it is not.
  init?(of facts: fs_bpf_link_facts) {
    if facts.ifindex == 0 { return nil }
    if facts.is_tcx != 0 {
      guard AttachMode.programs(atTC: facts.ifindex).contains(facts.program_id) else { return nil }
      self = .tc
      return
    }
    var program: UInt32 = 0
    var mode: CInt = 0
    guard fs_bpf_xdp_query(CInt(facts.ifindex), &program, &mode) == 0, program != 0,
      program == facts.program_id
    else { return nil }
    self.init(rawValue: mode)
  }

  var kind: DatapathKind {
    switch self {
    case .native: .xdp
    case .generic: .xdpGeneric
    case .tc: .tc
    }
  }

  /// Programs at tc ingress of an interface; at most 64, as many as the kernel takes.
  static func programs(atTC ifindex: UInt32) -> [UInt32] {
    var found = [UInt32](repeating: 0, count: 64)
    let count = fs_bpf_tcx_query(CInt(ifindex), &found, 64)
    return Array(found.prefix(Int(max(0, min(count, 64)))))
  }

  /// Puts a program on an interface. Returns the link's descriptor.
  func attach(_ program: CInt, ifindex: UInt32) -> CInt {
    switch self {
    case .native, .generic: fs_bpf_attach_xdp(program, CInt(ifindex), rawValue)
    case .tc: fs_bpf_attach_tcx(program, CInt(ifindex))
    }
  }
}
