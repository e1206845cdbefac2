import Foundation
import Glibc
import SwitchModel

@testable import Lab

/// A small network of a test's own: one router `r`, servers `s1`…, each in a network namespace, on the ports `p-r`,
/// `p-s1`… of a switch's. Everything has the test process's number in its name, and goes when the site does.
///
///     r (10.9.0.1) ── p-r │ sw │ p-s1 ── s1 (10.9.0.100)
///                         │    │ p-s2 ── s2 (10.9.0.100) …
final class Site {
  static let address = "10.9.0.100"
  private static let count = Count()

  let name: String
  let servers: [String]
  /// Of the switch.
  let namespace: String
  let folder: String
  private(set) var daemons: [Daemon] = []
  private var services: [EchoServer] = []

  var hosts: [String] { ["r"] + servers }
  var ports: [String] { hosts.map { "p-\($0)" } }

  init(servers count: Int = 3) throws {
    let base = "c\(getpid() % 100000)n\(Site.count.next())"
    name = base
    servers = (0..<count).map { "s\($0 + 1)" }
    namespace = "\(base)-sw"
    folder = "/tmp/flowswitch-control-\(base)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for host in ["sw"] + hosts {
      try Program("ip", ["netns", "add", "\(base)-\(host)"]).succeed()
    }
    try ip("sw", "link set lo up")
    // What is put back is then as it was at once, not after a detection of duplicates.
    try Program("sysctl", ["-qw", "net.ipv6.conf.default.accept_dad=0"]).inside(namespace: namespace)
      .succeed()
    for host in hosts { try plug(host) }
  }

  deinit { remove() }

  /// Whatever happened before. Called twice, it does nothing the second time.
  func remove() {
    for daemon in daemons { daemon.kill() }
    daemons = []
    for service in services { service.stop() }
    services = []
    for host in ["sw"] + hosts {
      _ = try? Program("ip", ["netns", "delete", "\(name)-\(host)"]).run()
    }
    for instance in TextFile.names(in: Site.pinRoot) where instance.hasPrefix(name) {
      for pin in TextFile.names(in: "\(Site.pinRoot)/\(instance)") {
        unlink("\(Site.pinRoot)/\(instance)/\(pin)")
      }
      rmdir("\(Site.pinRoot)/\(instance)")
    }
    rmdir(Site.pinRoot)
    for file in TextFile.names(in: "/run/flowswitch") where file.hasPrefix(name) {
      unlink("/run/flowswitch/\(file)")
    }
    try? FileManager.default.removeItem(atPath: folder)
  }

  static let pinRoot = "/sys/fs/bpf/flowswitch"

  /// What is pinned is of another build for the next daemon. False: nothing was.
  func forgetProgram() -> Bool {
    let folder = "\(Site.pinRoot)/\(name)"
    let pins = TextFile.names(in: folder).filter { $0.hasPrefix("same_") }
    for pin in pins { unlink("\(folder)/\(pin)") }
    return !pins.isEmpty
  }

  // MARK: Cables

  /// A cable from a host to its port, made anew: the interface at the switch has another index each time.
  func plug(_ host: String) throws {
    try ip("sw", "link add p-\(host) type veth peer name eth0 netns \(name)-\(host)\nlink set p-\(host) up")
    try ip(host, "link set lo up\nlink set eth0 address \(mac(host))\nlink set eth0 up")
    // Redirected frames need a receiver that polls (GRO), and a frame that leaves a veth needs its checksum.
    try Program("ethtool", ["-K", "eth0", "gro", "on", "tx", "off"]).inside(namespace: "\(name)-\(host)")
      .succeed()
    try ip(host, "addr add \(host == "r" ? "10.9.0.1" : Site.address)/24 dev eth0")
  }

  func unplug(_ host: String) throws { try ip("sw", "link delete p-\(host)") }

  func setLink(_ port: String, up: Bool) throws { try ip("sw", "link set \(port) \(up ? "up" : "down")") }

  /// The cable as if pulled: the far end goes down.
  func setCarrier(_ host: String, up: Bool) throws {
    try ip(host, "link set eth0 \(up ? "up" : "down")")
    // The kernel drops routes and, of IPv6, addresses with the link; IPv4's address stays.
  }

  func mac(_ host: String) -> String {
    host == "r" ? "02:00:00:09:01:01" : "02:00:00:09:05:0\(host.dropFirst())"
  }

  func ip(_ host: String, _ batch: String) throws {
    try Program("ip", ["-n", "\(name)-\(host)", "-batch", "-"], input: batch + "\n").succeed()
  }

  // MARK: Programs

  /// Programs that answer with their host's name, on TCP and UDP, on every server.
  func serve(ports: [UInt16] = [80], address: String = Site.address) throws {
    for host in servers {
      for port in ports {
        services.append(
          try EchoServer(name: host, namespace: "\(name)-\(host)", address: address, port: port))
      }
    }
  }

  func connect(_ address: String = Site.address, port: UInt16 = 80, seconds: Int32 = 10) -> Conversation? {
    try? Conversation(namespace: "\(name)-r", address: address, port: port, seconds: seconds)
  }

  /// Who answers a fresh datagram.
  func askUDP(_ address: String = Site.address, port: UInt16) -> String? {
    (try? Datagram(namespace: "\(name)-r", address: address, port: port))?.ask()
  }

  // MARK: The switch

  /// Writes a configuration and starts the switch with it, and waits until it is ready.
  @discardableResult
  func start(
    _ configuration: SiteConfiguration, as instance: String = "", wrapper: [String] = [],
    options: [String] = [], namespace: String? = nil
  ) throws -> Daemon {
    let daemon = try launch(
      configuration, as: instance, wrapper: wrapper, options: options, namespace: namespace)
    try daemon.awaitReady()
    return daemon
  }

  func launch(
    _ configuration: SiteConfiguration, as instance: String = "", wrapper: [String] = [],
    options: [String] = [], namespace: String? = nil
  ) throws -> Daemon {
    try launch(
      file: write(configuration, as: instance), as: instance, wrapper: wrapper, options: options,
      namespace: namespace)
  }

  /// Starts the switch with a file that is there, and waits until it is ready.
  func start(file: String) throws -> Daemon {
    let daemon = try launch(file: file)
    try daemon.awaitReady()
    return daemon
  }

  private func launch(
    file: String, as instance: String = "", wrapper: [String] = [], options: [String] = [],
    namespace: String? = nil
  ) throws -> Daemon {
    let daemon = try Daemon(
      name: name + instance, namespace: namespace ?? self.namespace,
      words: wrapper + (try command(file)) + options,
      log: "\(folder)/log\(instance)-\(daemons.count)")
    daemons.append(daemon)
    return daemon
  }

  /// Starts a switch that is expected to end by itself.
  func refused(
    _ configuration: SiteConfiguration, as instance: String = "", wrapper: [String] = [],
    namespace: String? = nil
  ) throws -> ProgramResult {
    let file = try write(configuration, as: instance)
    let words = wrapper + (try command(file))
    return try Program(path: Tool.path(of: words[0]) ?? words[0], Array(words.dropFirst()))
      .inside(namespace: namespace ?? self.namespace).run(within: .seconds(60))
  }

  private func command(_ file: String) throws -> [String] {
    [try Executable.flowswitch(), "run", "--config", file, "--state-folder", "\(folder)/configurations"]
  }

  func write(_ configuration: SiteConfiguration, as instance: String = "") throws -> String {
    let file = "\(folder)/config\(instance)-\(Site.count.next()).yaml"
    try TextFile.write(file, configuration.text(name: name + instance))
    chmod(file, 0o644)
    return file
  }

  // MARK: What there is

  /// Everything that a switch may change outside itself, as text: to be the same before and after.
  func surroundings() throws -> String {
    var parts: [String] = []
    func inside(_ words: [String]) throws -> String {
      try Program(words[0], Array(words.dropFirst())).inside(namespace: namespace).run().text
    }
    parts.append(try inside(["ip", "-d", "link", "show"]))
    parts.append(try inside(["ip", "addr", "show"]))
    parts.append(try inside(["ip", "route", "show", "table", "all"]))
    parts.append(try inside(["ip", "rule", "show"]))
    for port in ports {
      parts.append(try inside(["ethtool", "-k", port]))
      parts.append(try inside(["sysctl", "-n", "net.ipv6.conf.\(port).disable_ipv6"]))
    }
    parts.append(TextFile.names(in: "/sys/fs/bpf").joined(separator: "\n"))
    // Locks stay by design: see `ControlSocket`; and what happened is kept for who asks later.
    let stays = [".lock", ".events"]
    parts.append(
      TextFile.names(in: "/run/flowswitch").filter { file in
        file.hasPrefix(name) && !stays.contains { file.hasSuffix($0) }
      }.joined(separator: "\n"))
    return parts.joined(separator: "\n--\n")
  }
}

/// Numbers for names.
private final class Count: @unchecked Sendable {
  private let lock = NSLock()
  private var last = 0

  func next() -> Int {
    lock.withLock {
      last += 1
      return last
    }
  }
}
