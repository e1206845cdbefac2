import Glibc
import Synchronization

/// A lab that stands, or is being built or taken down: ten network namespaces, the cables between them, real servers
/// in some, and the switch in one.
///
/// What it owns is written to its state file before it exists, so that any other process can take it down. It is used
/// by one thread at a time.
package final class LabNetwork: Sendable {
  package let name: String
  /// The `flowswitch` executable.
  package let binary: String
  package let datapath: LabDatapath
  package let layout: LabLayout
  let directory: String
  private let state: Mutex<LabState>

  package var socket: String { LabName.socket(of: name) }
  var configuration: String { "\(directory)/flowswitch.yaml" }
  /// What the switch's network namespace was like before it came (`KernelState`).
  var foundFile: String { "\(directory)/found.json" }
  var daemonLog: String { "\(directory)/flowswitch.log" }

  /// Takes a name and makes the directory. Nothing else is there yet.
  init(
    name wanted: String?, base: String, datapath: LabDatapath, layout: LabLayout, binary: String, owned: Bool
  ) throws {
    name = try LabName.claim(wanted, base: base)
    var template = Array("/tmp/flowswitch-\(name)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      let reason = errorText(errno)
      unlink(LabName.stateFile(of: name))
      throw LabError.refused("cannot make a directory under /tmp: \(reason)")
    }
    directory = template.withUnsafeBufferPointer { text in
      text.baseAddress.map { String(cString: $0) } ?? ""
    }
    self.binary = binary
    self.datapath = datapath
    self.layout = layout
    state = Mutex(
      LabState(
        name: name, directory: directory, binary: binary, datapath: datapath, layout: layout,
        owner: owned ? ProcessIdentity.current : nil))
    try state.withLock { try $0.save() }
  }

  func namespace(of host: LabHost) -> String { LabName.namespace(name, host) }

  // MARK: Processes that stay

  /// Starts a program in a host's namespace and writes it down. `role` also names its log.
  @discardableResult
  func start(_ role: String, in host: LabHost, _ program: Program) throws -> ProcessIdentity {
    let log = logFile(of: role)
    let identity = try program.inside(namespace: namespace(of: host)).start(output: log, errors: log)
    try state.withLock {
      $0.processes.removeAll { $0.role == role }
      $0.processes.append(.init(role: role, identity: identity))
      try $0.save()
    }
    return identity
  }

  func logFile(of role: String) -> String {
    role == "daemon" ? daemonLog : "\(directory)/\(role.replacing(" ", with: "-")).log"
  }

  package func process(_ role: String) -> ProcessIdentity? {
    state.withLock { $0.processes.first { $0.role == role }?.identity }
  }

  /// From here on a person takes the lab down.
  package func release() throws {
    try state.withLock {
      $0.owner = nil
      try $0.save()
    }
  }

  // MARK: Programs that end

  /// Runs a program in a host's namespace to its end.
  @discardableResult
  package func run(
    in host: LabHost, _ program: String, _ arguments: [String], input: String = "",
    within limit: Duration = .seconds(30)
  ) throws -> ProgramResult {
    try Program(program, arguments, input: input).inside(namespace: namespace(of: host)).run(within: limit)
  }

  /// The same; anything but exit status 0 is an error.
  @discardableResult
  package func succeed(
    in host: LabHost, _ program: String, _ arguments: [String], input: String = "",
    within limit: Duration = .seconds(30)
  ) throws -> ProgramResult {
    try Program(program, arguments, input: input).inside(namespace: namespace(of: host)).succeed(
      within: limit)
  }

  /// Runs the lab's own agent (`flowswitch lab agent …`) in a host's namespace.
  @discardableResult
  func agent(in host: LabHost, _ arguments: [String]) throws -> ProgramResult {
    try Program(path: binary, ["lab", "agent"] + arguments).inside(namespace: namespace(of: host)).succeed()
  }
}
