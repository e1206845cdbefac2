import ArgumentParser
import ConfigurationFile
import SwitchModel

/// The file of `diff` and `apply`.
struct ConfigurationArgument: ParsableArguments {
  @Argument(help: "The configuration file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  /// Its text, checked here first: faults are told with the file's own name, whoever the daemon is.
  func text(_ console: any ConsoleOutput) throws(CommandFailure) -> [UInt8] {
    do throws(ConfigurationFaults) {
      let checked = try ConfigurationFile(path: file)
      for diagnostic in checked.diagnostics { console.writeError(diagnostic.description) }
      return checked.bytes
    } catch {
      for diagnostic in error.diagnostics { console.writeError(diagnostic.description) }
      throw CommandFailure(.usage, "")
    }
  }
}
