import Glibc
import SwitchModel

/// What is done to the world, to the daemon, and by its operator.
extension Soak {
  private enum Step {
    case fault(SoakFault)
    case mend(SoakFault)
    case begin(SoakOrder)
    case end(SoakOrder)
  }

  mutating func perform(_ round: SoakRound) throws {
    let orders = round.orders.map(Step.begin) + round.orders.reversed().map(Step.end)
    var steps = orders
    if let fault = round.fault {
      // Inside the orders, or around their beginning.
      let middle = round.orders.count
      steps =
        round.isFaultFirst
        ? [.fault(fault)] + orders[..<middle] + [.mend(fault)] + orders[middle...]
        : Array(orders[..<middle]) + [.fault(fault)] + orders[middle...] + [.mend(fault)]
    } else {
      try startPings()
    }
    if !round.victims.isEmpty { load.allow(round.victims) }
    var pauses = round.pauses.makeIterator()
    // With nobody failed new connections are answered all along, also while there is no daemon.
    let isUnharmed = round.fault == nil
    var silent: SoakOrder?
    for step in steps {
      switch step {
      case .fault(let fault): try inflict(fault)
      case .mend(let fault):
        if silent == nil { try awaitFailure(fault, round) }
        try mend(fault)
      case .begin(let order):
        try begin(order)
        if order.isSilent { silent = order }
      case .end(let order):
        try end(order)
        if order.isSilent { silent = nil }
      }
      try Waiting.pause(.milliseconds(pauses.next() ?? 0))
      if isUnharmed { try demandAnswers("after \(round)") }
    }
  }

  // MARK: The world

  private func inflict(_ fault: SoakFault) throws {
    switch fault {
    case .server(let fault, let host): try lab.inflict(fault, on: host)
    case .pool(let fault, let host): try lab.inflict(fault, on: host)
    case .flap(let host, let times), .routerFlap(let host, let times), .poolFlap(let host, let times):
      try flap(host, times)
    case .router(let host): try lab.ip(.sw, "link set \(host.switchPort) down")
    }
  }

  private func mend(_ fault: SoakFault) throws {
    switch fault {
    case .server(let fault, let host), .pool(let fault, let host): try lab.mend(fault, on: host)
    case .flap, .routerFlap, .poolFlap: break
    case .router(let host): try lab.ip(.sw, "link set \(host.switchPort) up")
    }
  }

  /// At the switch's end: the host keeps its addresses and routes.
  private func flap(_ host: LabHost, _ times: Int) throws {
    let script = """
      for i in $(seq \(times)); do ip link set \(host.switchPort) down; ip link set \(host.switchPort) up; done
      """
    try lab.succeed(in: .sw, "sh", ["-c", script])
  }

  /// The switch finds out, and new connections go to the others. An operator's drained or removed member may be the
  /// same.
  private func awaitFailure(_ fault: SoakFault, _ round: SoakRound) throws {
    guard lab.process("daemon")?.isAlive == true else { return }
    if let router = fault.failingRouter { try awaitRedirection(router) }
    guard let host = fault.failing else { return }
    try checks.awaitState(["failed"], of: host.name, in: "live", within: Self.patience)
    let counts = try checks.fetch(LabAddress.live[0], port: LabAddress.agentPort, from: .b1, count: 12)
    guard counts[host.name] == nil, counts.values.reduce(0, +) == 12 else {
      throw LabError.refused(
        "of 12 new connections with \(host) failed \(counts.values.reduce(0, +)) are answered: "
          + LabChecks.text(counts))
    }
  }

  /// The others carry what a dead router's servers send: connections that they held go on, and new ones are answered.
  private func awaitRedirection(_ router: LabHost) throws {
    var states: [String] = []
    let found = try Waiting.until(within: Self.patience, every: .milliseconds(100)) {
      states = try lab.routers().filter { $0.name == router.name }.map(\.state)
      return states == ["failed", "failed"]
    }
    guard found else { throw LabError.refused("\(router) is \(states.joined(separator: ", ")), not failed") }
    try demandOutward("with \(router) failed")
    // TCP repeats what was lost before, ever more rarely.
    try outward.awaitAnswers(within: .seconds(40))
  }

  // MARK: The daemon and its operator

  private func begin(_ order: SoakOrder) throws {
    switch order {
    case .kill: try endDaemon(SIGKILL)
    case .killTwice(let moment):
      try endDaemon(SIGKILL)
      try lab.launchDaemon()
      try Waiting.pause(.milliseconds(moment))
      try endDaemon(SIGKILL)
    case .stop: try daemon().signal(SIGSTOP)
    case .upgrade: try endDaemon(SIGUSR2)
    case .apply(let variant): try apply(variant.applied(to: configuration))
    case .reload: try lab.order("reload")
    case .drain(let host): try forLive { try lab.order("drain", "\($0)/\(host)") }
    case .disable(let host): try forLive { try lab.order("disable", "\($0)/\(host)") }
    }
  }

  private func end(_ order: SoakOrder) throws {
    switch order {
    case .kill, .killTwice, .upgrade: try lab.startDaemonProcess(within: Self.patience)
    case .stop: try daemon().signal(SIGCONT)
    case .apply: try apply(configuration)
    case .reload: break
    case .drain(let host), .disable(let host):
      let wanted = order == .drain(host) ? ["draining"] : ["disabled"]
      try forLive { cluster in
        let state = try checks.member(cluster, host.name).admin_state
        guard wanted.contains(state) else {
          throw LabError.refused("\(cluster)/\(host) was to be \(wanted[0]), and is \(state)")
        }
        try lab.order("enable", "\(cluster)/\(host)")
      }
    }
  }

  private func forLive(_ body: (String) throws -> Void) throws {
    for cluster in ["live", "live6"] { try body(cluster) }
  }

  private func daemon() throws -> ProcessIdentity {
    guard let daemon = lab.process("daemon"), daemon.isAlive else {
      throw LabError.refused("the daemon has ended:\n\(lab.daemonSaid)")
    }
    return daemon
  }

  private func endDaemon(_ signal: Int32) throws {
    let daemon = try daemon()
    daemon.signal(signal)
    guard try Waiting.until(within: .seconds(20), { !daemon.isAlive }) else {
      throw LabError.refused("the daemon survives signal \(signal)")
    }
  }

  func apply(_ text: String) throws {
    try TextFile.replace(lab.configuration, Array(text.utf8))
    try lab.order("apply", "--yes", lab.configuration)
  }
}
