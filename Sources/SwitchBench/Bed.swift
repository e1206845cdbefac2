import CSwitchBench
import Glibc

/// The test network of one case: a client, a switch with five ports, four servers that share an address.
///
///     client eth0 ── p0 switch p1…p4 ── eth0 of four servers
///
/// The generator is at the client's interface, the sink at the servers'. Namespaces go with it.
final class Bed {
  static let address = "10.66.0.100"

  let name: String
  let folder: String
  let client: Namespace
  let network: Namespace
  let servers: [Namespace]
  /// One, or one a processor.
  private(set) var generators: [Generator]
  var generator: Generator { generators[0] }
  let sink: Sink
  let cpu: Int32

  /// - Parameters:
  ///   - name: what the namespaces are called by, unique on the machine.
  ///   - shape: what the contender asks of the cables.
  init(_ name: String, _ shape: BedShape, programs: Programs, folder: String, cpu: Int32) throws {
    self.name = name
    self.folder = "\(folder)/\(name)"
    self.cpu = cpu
    guard mkdir(self.folder, 0o755) == 0 else { throw BenchError("cannot make \(self.folder)") }
    network = try Namespace("\(name)-sw")
    client = try Namespace("\(name)-c")
    servers = try (0..<MAC.members.count).map { try Namespace("\(name)-s\($0 + 1)") }
    try network.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
    for (port, host) in ([client] + servers).enumerated() {
      try host.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
      let mac = port == 0 ? MAC.client : MAC.member(port - 1)
      try network.ip(
        "link add p\(port) type veth peer name eth0 netns \(host.name)\nlink set p\(port) up")
      let address = port == 0 ? "10.66.0.1" : Bed.address
      let next = port == 0 ? "\(Bed.address) lladdr \(shape.target)" : "10.66.0.1 lladdr \(MAC.client)"
      try host.ip(
        """
        link set eth0 address \(mac)
        link set eth0 up
        addr add \(address)/24 dev eth0
        neigh replace \(next) dev eth0 nud permanent
        """)
      // Redirected frames need a receiver that polls, for which GRO is enough.
      let offloads = shape.needsChecksums ? ["tx", "off"] : []
      try Command(["ethtool", "-K", "eth0", "gro", "on"] + offloads, in: host).run()
    }
    for port in 0...servers.count { try network.run("ethtool", "-K", "p\(port)", "gro", "on") }
    // Two processors are not to share a queue. A queue that comes after XDP was attached has no program, and XDP wants no
    // interface to have less queues than its peer sends by.
    for direction in shape.isInKernel && sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1 ? ["rx", "tx"] : [] {
      for port in 0...servers.count { try network.run("ethtool", "-L", "p\(port)", direction, "2") }
      for host in [client] + servers { try host.run("ethtool", "-L", "eth0", direction, "2") }
    }
    generators = [try Generator(programs, in: client, interface: "eth0", cpu: cpu)]
    sink = try Sink(programs)
    for server in servers { try sink.attach(server, "eth0") }
  }

  deinit { sink.detach() }

  /// Whether the switch's ports merge segments, and the client's polls. The generator needs the latter of every port that
  /// has no XDP of its own; a datapath that takes no large packets needs the former gone for TCP.
  func setMerging(_ isOn: Bool) throws {
    for port in 0...servers.count { try network.run("ethtool", "-K", "p\(port)", "gro", isOn ? "on" : "off") }
  }

  /// A generator more, on another processor.
  func addProcessor(_ cpu: Int32, programs: Programs) throws {
    generators.append(try Generator(programs, in: client, interface: "eth0", cpu: cpu))
  }

  func removeProcessor() { generators.removeLast() }

  /// The switch's ports: the client's, then the servers'.
  func ports() throws -> [Int32] { try (0...servers.count).map { try network.index("p\($0)") } }
}
