import ArgumentParser

/// What the lab lets its hosts send and no Debian program does. Not for people, so not shown.
struct AgentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent", abstract: "What hosts of the lab do and no program of Debian's does.",
    shouldDisplay: false,
    subcommands: [
      SendIPCommand.self, AnnounceCommand.self, ServeCommand.self, HoldCommand.self, StreamCommand.self,
      PushCommand.self, SetLinkCommand.self,
    ])
}
