import Glibc
import Management
import SwitchModel

/// A file whose switch runs, and has another name than the file has now: `apply` and `reload` would refuse that, so
/// `check` says it beforehand.
enum RenamedSwitch {
  /// - Parameters:
  ///   - roots: where configurations that worked are kept. What may not be read there says nothing.
  ///   - sockets: where the daemons' control sockets are.
  static func warning(
    _ configuration: SwitchConfiguration, file: String, roots: [String] = ConfigurationStore.roots,
    sockets: String = ControlSocket.directory, timeout: Duration = .seconds(2)
  ) async -> Diagnostic? {
    guard let resolved = realpath(file, nil) else { return nil }
    defer { free(resolved) }
    let path = String(cString: resolved)
    for store in roots.flatMap({ ConfigurationStore.stores(ofSource: path, root: $0) }) {
      guard let name = store.folder.split(separator: "/").last.map(String.init), name != configuration.name
      else { continue }
      let client = ControlClient(path: "\(sockets)/\(name).sock")
      guard (try? await client.get(.version, timeout: timeout)) != nil else { continue }
      return Diagnostic(
        severity: .warning, file: file, line: 0, column: 0, path: "switch.name",
        message:
          "'\(configuration.name)' is a new name: the switch that runs with this file is '\(name)'. apply and reload "
          + "will refuse it, because the name is in the control socket, the interfaces and the pinned datapath",
        expected: "'\(name)' while it runs")
    }
    return nil
  }
}
