import Glibc

/// The programs that the servers run: Debian's, started in each namespace, their files in the lab's directory.
extension LabNetwork {
  /// Size of the page `/big`, the same bytes on every server.
  package static let bigPageSize = 4 << 20

  var bigPage: String { "\(directory)/big" }

  func startServers() throws {
    try TextFile.write(bigPage, Self.noise(Self.bigPageSize))
    for server in LabHost.servers {
      try startPrograms(server)
    }
    try startNginx(.h1)
    for server in LabHost.servers { try awaitPrograms(server) }
    try awaitListener(.h1, "nginx", port: 80)
  }

  /// All of a server's, also again after its namespace was gone.
  func startPrograms(_ server: LabHost) throws {
    try startNginx(server)
    try start("iperf3 \(server)", in: server, Program("iperf3", ["-s", "--forceflush"]))
    try start("dnsmasq \(server)", in: server, Program("dnsmasq", dnsmasqArguments(server)))
    try startAgent(server)
    if LabHost.dampedMembers.contains(server) { try startAgent(server, port: LabAddress.dampedPort) }
  }

  func awaitPrograms(_ server: LabHost) throws {
    try awaitListener(server, "nginx", port: 80)
    try awaitListener(server, "iperf3", port: 5201)
    try awaitListener(server, "dnsmasq", port: 53)
    try awaitListener(server, "serve-\(LabAddress.agentPort)", port: Int(LabAddress.agentPort))
  }

  func startNginx(_ host: LabHost) throws {
    let prefix = "\(directory)/nginx-\(host)"
    guard mkdir(prefix, 0o700) == 0 || errno == EEXIST else {
      throw LabError.refused("cannot make \(prefix): \(errorText(errno))")
    }
    try TextFile.write(
      "\(prefix)/nginx.conf",
      """
      daemon off;
      user root;
      worker_processes 1;
      pid \(prefix)/nginx.pid;
      error_log \(prefix)/error.log;
      events { worker_connections 1024; }
      http {
        access_log off;
        default_type text/plain;
        keepalive_requests 100000;
        client_body_temp_path \(prefix)/body;
        proxy_temp_path \(prefix)/proxy;
        fastcgi_temp_path \(prefix)/fastcgi;
        uwsgi_temp_path \(prefix)/uwsgi;
        scgi_temp_path \(prefix)/scgi;
        server {
          listen 80;
          listen [::]:80;
          add_header X-Server \(host) always;
          location = /big { alias \(bigPage); }
          location / { return 200 "\(host)\\n"; }
        }
      }

      """)
    let arguments = ["-p", prefix, "-c", "\(prefix)/nginx.conf", "-e", "\(prefix)/error.log"]
    try start("nginx \(host)", in: host, Program("nginx", arguments))
  }

  /// Master and workers.
  func nginxProcesses(_ host: LabHost) throws -> [ProcessIdentity] {
    Self.processes(in: [namespace(of: host)]).filter { process in
      (TextFile.read("/proc/\(process.pid)/comm") ?? "").hasPrefix("nginx")
    }
  }

  /// A DNS server that knows one name, `server.lab`, and answers with its own.
  private func dnsmasqArguments(_ server: LabHost) -> [String] {
    [
      "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--no-poll",
      "--user=root", "--pid-file=\(directory)/dnsmasq-\(server).pid", "--log-facility=-",
      "--local=/lab/", "--txt-record=server.lab,\(server)",
    ]
  }

  func awaitListener(_ host: LabHost, _ program: String, port: Int) throws {
    let role = "\(program) \(host)"
    let heard = try Waiting.until(within: .seconds(10)) {
      if let process = process(role), !process.isAlive {
        let log = TextFile.read(logFile(of: role)) ?? ""
        throw LabError.refused("\(program) on \(host) ended:\n  \(log.suffix(600))")
      }
      return try isListening(host, port: port)
    }
    guard heard else { throw LabError.refused("\(program) on \(host) does not listen on port \(port)") }
  }

  /// /proc/net/tcp and tcp6, seen from inside: local address, port in hexadecimal, state 0A.
  private func isListening(_ host: LabHost, port: Int) throws -> Bool {
    let hexadecimal = String(port, radix: 16, uppercase: true)
    let wanted = ":" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
    let tables = try run(in: host, "cat", ["/proc/net/tcp", "/proc/net/tcp6"])
    return tables.lines.contains { line in
      let fields = line.split(separator: " ")
      return fields.count > 3 && fields[1].hasSuffix(wanted) && fields[3] == "0A"
    }
  }

  /// Bytes without a pattern that a compressor or a stuck buffer could hide behind (xorshift64, a fixed seed).
  private static func noise(_ count: Int) -> [UInt8] {
    var x: UInt64 = 0x9e37_79b9_7f4a_7c15
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      x ^= x << 13
      x ^= x >> 7
      x ^= x << 17
      withUnsafeBytes(of: x) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }
}
