import Glibc

/// Open vSwitch's userspace datapath, with a group that selects by hash.
final class OpenVSwitchContender: Contender {
  enum Sockets {
    /// AF_PACKET, what it uses by itself.
    case packet
    /// AF_XDP, with a thread that polls the ports all the time.
    case xdp
  }

  let key: String
  let title: String
  let shape = BedShape(target: .shared, needsChecksums: true, needsSegments: true, isInKernel: false)
  private let sockets: Sockets
  private var server: Background?
  private var daemon: Background?

  init(_ sockets: Sockets) {
    self.sockets = sockets
    key = sockets == .xdp ? "ovs-xdp" : "ovs"
    title = sockets == .xdp ? "Open vSwitch, AF_XDP" : "Open vSwitch, AF_PACKET"
  }

  func start(on bed: Bed, programs: Programs) throws {
    let folder = bed.folder
    let own = ["OVS_RUNDIR": folder, "OVS_LOGDIR": folder, "OVS_DBDIR": folder, "OVS_SYSCONFDIR": folder]
    func command(_ words: [String]) throws -> Command {
      var command = try Command(words, in: bed.network)
      command.environment = own
      return command
    }
    guard Command.find("ovs-vswitchd") != nil, Command.find("ovsdb-server") != nil else {
      throw BenchError("openvswitch-switch is not installed")
    }
    let schema = "/usr/share/openvswitch/vswitch.ovsschema"
    try command(["ovsdb-tool", "create", "\(folder)/conf.db", schema]).run()
    let socket = "unix:\(folder)/db.sock"
    let server = try Background(
      command(["ovsdb-server", "\(folder)/conf.db", "--remote=p\(socket)", "--pidfile=\(folder)/db.pid"]),
      log: "\(folder)/db.log")
    self.server = server
    try server.wait("ovsdb-server") { Command.exists("\(folder)/db.sock") }
    func configure(_ words: String...) throws { try command(["ovs-vsctl", "--db=\(socket)"] + words).run() }
    try configure("--no-wait", "init")
    if sockets == .xdp {
      try configure(
        "--no-wait", "set", "Open_vSwitch", ".",
        "other_config:pmd-cpu-mask=0x\(String(1 << UInt64(try Machine.processors().first), radix: 16))")
    }
    let daemon = try Background(
      command(["ovs-vswitchd", socket, "--pidfile=\(folder)/vswitchd.pid"]), log: "\(folder)/vswitchd.log")
    self.daemon = daemon
    try configure(
      "--timeout=20", "add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev",
      "fail_mode=secure",
      "protocols=OpenFlow15")
    for port in 0...MAC.members.count {
      try configure(
        "--timeout=20", "add-port", "br0", "p\(port)", "--", "set", "interface", "p\(port)",
        "ofport_request=\(port + 1)", sockets == .xdp ? "type=afxdp" : "type=system")
    }
    func control(_ words: String...) throws {
      try command(["ovs-ofctl", "-O", "OpenFlow15"] + words).run()
    }
    let bridge = "unix:\(folder)/br0.mgmt"
    try daemon.wait("ovs-vswitchd") { Command.exists("\(folder)/br0.mgmt") }
    let buckets = MAC.members.enumerated().map { number, mac in
      "bucket=bucket_id=\(number),actions=set_field:\(mac)->eth_dst,output:\(number + 2)"
    }
    try control(
      "add-group", bridge,
      "group_id=1,type=select," + buckets.joined(separator: ","))
    try control("add-flow", bridge, "priority=10,in_port=1,tcp,nw_dst=\(Bed.address),actions=group:1")
    for port in MAC.members.indices {
      try control("add-flow", bridge, "priority=10,in_port=\(port + 2),actions=output:1")
    }
  }

  /// The thread that polls would take the processor from the other cases.
  func rest() { if sockets == .xdp { daemon?.signal(SIGSTOP) } }

  func resume() throws {
    guard sockets == .xdp else { return }
    daemon?.signal(SIGCONT)
    try Interruption.pause(0.2)
  }

  func stop() {
    daemon?.signal(SIGCONT)
    daemon?.end()
    server?.end()
    daemon = nil
    server = nil
  }
}
