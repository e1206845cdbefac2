/// The lab's own server, which can be told to be late, wrong or silent (`ServeMode`).
extension LabNetwork {
  func modeFile(_ host: LabHost, port: UInt16) -> String { "\(directory)/serve-\(port)-\(host).mode" }

  func agentRole(_ host: LabHost, port: UInt16 = LabAddress.agentPort) -> String { "serve-\(port) \(host)" }

  func startAgent(_ host: LabHost, port: UInt16 = LabAddress.agentPort) throws {
    try setMode(host, port: port, "ok")
    let addresses = LabHost.servers.contains(host) ? LabAddress.shared : host.addresses
    let arguments =
      ["lab", "agent", "serve", "--name", host.name, "--port", "\(port)"]
      + ["--mode", modeFile(host, port: port)] + addresses.flatMap { ["--address", $0] }
    try start(agentRole(host, port: port), in: host, Program(path: binary, arguments))
  }

  /// `ok`, `late 1000`, `wrong /health` …
  func setMode(_ host: LabHost, port: UInt16 = LabAddress.agentPort, _ mode: String) throws {
    try TextFile.replace(modeFile(host, port: port), Array("\(mode)\n".utf8))
  }
}
