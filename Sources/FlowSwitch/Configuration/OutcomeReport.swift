import SwitchModel

/// What `apply` and `reload` say of files that the configuration names.
enum OutcomeReport {
  static func write(_ outcome: ConfigurationOutcome, _ console: any ConsoleOutput) throws(ConsoleError) {
    for path in outcome.reread { try console.write("\(path) is read again\n") }
    for warning in outcome.warnings { console.writeError("flowswitch: \(warning)") }
  }
}
