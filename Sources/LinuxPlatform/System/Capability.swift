/// The capabilities that the switch needs (capabilities(7)); the raw value is the bit in `CapEff`.
public enum Capability: Int, CaseIterable, Hashable, Sendable {
  /// Links, addresses, routes, rules; attaching XDP.
  case netAdmin = 12
  /// Packet sockets: capture and injection.
  case netRaw = 13
  /// Mounting the BPF filesystem; BPF on kernels before 5.8.
  case sysAdmin = 21
  /// BPF programs that use pointers and loops.
  case perfmon = 38
  /// Maps and programs.
  case bpf = 39

  /// As in capabilities(7): `CAP_NET_ADMIN`.
  public var name: String {
    switch self {
    case .netAdmin: "CAP_NET_ADMIN"
    case .netRaw: "CAP_NET_RAW"
    case .sysAdmin: "CAP_SYS_ADMIN"
    case .perfmon: "CAP_PERFMON"
    case .bpf: "CAP_BPF"
    }
  }
}
