import Glibc
import SwitchModel
import Wire

extension LabChecks {
  /// The daemon is killed, is away for a while, and starts again, while connections run (X7).
  package func daemonRestartLosesNothing(perClient connections: Int = 24) throws -> [Finding] {
    let before = try lab.clusters().map(\.virtual_mac)
    let downloads = try zip(LabHost.clients, LabAddress.web).map {
      try startDownloads(from: $0, $1, count: connections)
    }
    var begun = 0
    _ = try Waiting.until(within: .seconds(3), every: .milliseconds(100)) {
      begun = try established()
      return begun >= 2 * connections
    }
    try killDaemon()
    var answers: [String: Int] = [:]
    for (client, address) in zip(LabHost.clients, LabAddress.web) {
      answers.merge(try fetch(address, from: client, count: 20), uniquingKeysWith: +)
    }
    let resolved = try resolve(LabAddress.web[0], by: .h1)
    try lab.startDaemonProcess()
    let version = try lab.version()
    let after = try lab.clusters().map(\.virtual_mac)
    try lab.awaitMembers()
    var findings = [
      Finding(
        "X7", "new connections are answered while there is no daemon",
        answers.values.reduce(0, +) == 40, "\(answers.values.reduce(0, +)) of 40: \(Self.text(answers))"),
      Finding(
        "X7", "ARP for the shared address is answered while there is no daemon",
        resolved == (try virtualMAC(of: LabAddress.web[0])), "h1 sees \(resolved?.description ?? "nothing")"),
      Finding(
        "X7", "the restarted daemon adopts the running datapath", version.adopted && before == after,
        "adopted: \(version.adopted), virtual MACs \(before == after ? "the same" : "changed")"),
    ]
    let finished = try downloads.map { try finishDownloads($0) }.reduce(0, +)
    findings.append(
      Finding(
        "X7", "no connection that ran when the daemon was killed breaks",
        begun >= 2 * connections && finished == 2 * connections,
        "\(begun) established at the kill, \(finished) of \(2 * connections) downloads complete"))
    return findings + (try daemonRestartLosesNoPacket())
  }

  /// The same with the line quiet: beside the bursts of downloads a veth's ring of 256 frames overflows at times, with
  /// or without a daemon, and a ping that is lost then tells nothing.
  private func daemonRestartLosesNoPacket() throws -> [Finding] {
    let pings = try zip(LabHost.clients, LabAddress.web).map { client, address in
      // 10 ms apart, five seconds long at least.
      let arguments = ["-q", "-i", "0.01", "-c", "500", "-W", "2", address]
      return (client, try lab.start("ping \(client)", in: client, Program("ping", arguments)))
    }
    try Waiting.pause(.milliseconds(1000))
    try killDaemon()
    try Waiting.pause(.milliseconds(500))
    try lab.startDaemonProcess()
    try lab.awaitMembers()
    return try pings.map { try finishPing($0, $1) }
  }

  private func killDaemon() throws {
    guard let daemon = lab.process("daemon"), daemon.isAlive else {
      throw LabError.refused("there is no daemon to kill")
    }
    daemon.signal(SIGKILL)
    guard try Waiting.until(within: .seconds(3), { !daemon.isAlive }) else {
      throw LabError.refused("the daemon survived SIGKILL")
    }
  }

  private typealias Downloads = (client: LabHost, process: ProcessIdentity)

  /// Downloads so slow that they run for about five seconds.
  private func startDownloads(from client: LabHost, _ address: String, count: Int) throws -> Downloads {
    unlink(lab.logFile(of: "curl \(client)"))
    let program = try Program(
      "curl",
      [
        "-s", "--noproxy", "*", "--parallel", "--parallel-immediate", "--parallel-max", "\(count)",
        "--limit-rate", "\(LabNetwork.bigPageSize / 5)", "--max-time", "30", "-o", "/dev/null",
        "-w", "%{http_code} %{size_download}\n", "http://\(LabAddress.inURL(address))/big?[1-\(count)]",
      ])
    return (client, try lab.start("curl \(client)", in: client, program))
  }

  private func finishDownloads(_ downloads: Downloads) throws -> Int {
    _ = try Waiting.until(within: .seconds(40), every: .milliseconds(100)) { !downloads.process.isAlive }
    let log = TextFile.read(lab.logFile(of: "curl \(downloads.client)")) ?? ""
    return log.split(whereSeparator: \.isNewline).filter { $0 == "200 \(LabNetwork.bigPageSize)" }.count
  }

  private func finishPing(_ client: LabHost, _ process: ProcessIdentity) throws -> Finding {
    _ = try Waiting.until(within: .seconds(15), every: .milliseconds(100)) { !process.isAlive }
    let log = lab.logFile(of: "ping \(client)")
    let text = TextFile.readBytes(log) ?? []
    unlink(log)
    let (sent, received) = Self.pingCounts(ProgramResult(status: 0, output: text, errorOutput: []))
    return Finding(
      "X7", "no packet is lost meanwhile: \(client) pings every 10 ms", sent == 500 && received == sent,
      "\(received) of \(sent) replies")
  }

  /// Connections that the servers hold on port 80.
  private func established() throws -> Int {
    try LabHost.servers.map { server in
      let tables = try lab.run(in: server, "cat", ["/proc/net/tcp", "/proc/net/tcp6"])
      return tables.lines.filter { line in
        let fields = line.split(separator: " ")
        return fields.count > 3 && fields[1].hasSuffix(":0050") && fields[3] == "01"
      }.count
    }.reduce(0, +)
  }
}
