import ArgumentParser

struct LabDownCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "down", abstract: "Remove a test network: its processes, namespaces and files.")

  @Option(help: ArgumentHelp("The lab's name; unset: the only one there is.", valueName: "name"))
  var name: String?

  @Flag(help: "Remove every lab.")
  var all = false

  @Flag(help: "Remove the labs whose builder was killed before it could.")
  var abandoned = false

  func run() throws {
    try LabCommand.reporting {
      try Privileges.demand()
      Interrupt.install()
      let console = Console(color: .auto)
      if abandoned {
        guard name == nil, !all else { throw LabError(.usage, "--abandoned excludes --name and --all") }
        for name in LabNetwork.removeAbandoned() { console.say("lab '\(name)' is gone") }
        return
      }
      for name in try chosen() {
        try LabNetwork.down(name)
        console.say("lab '\(name)' is gone")
      }
    }
  }

  private func chosen() throws -> [String] {
    if let name {
      guard !all else { throw LabError(.usage, "--name and --all exclude each other") }
      return [name]
    }
    let labs = LabName.all()
    if all { return labs }
    guard labs.count <= 1 else {
      throw LabError(
        .usage, "\(labs.count) labs are standing (\(labs.joined(separator: ", "))): say --name or --all")
    }
    guard let only = labs.first else { throw LabError(.usage, "no lab is standing") }
    return [only]
  }
}
