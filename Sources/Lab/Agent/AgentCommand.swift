import ArgumentParser

/// What the lab lets its hosts send and no Debian program does. Not for people, so not shown.
struct AgentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent", abstract: "Send odd packets from a host of the lab.", shouldDisplay: false,
    subcommands: [SendIPCommand.self, AnnounceCommand.self])
}
