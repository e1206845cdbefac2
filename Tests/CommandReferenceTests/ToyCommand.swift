import ArgumentParser

/// A tree with everything that a page can have, and with texts that would be requests or escapes of roff.
struct ToyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "toy", abstract: "A toy: it does nothing.",
    discussion: """
      .TH is no request here, nor is
      'this one. A backslash \\fB stays, and so does "quoted" text… with ^ and ~.

      Second paragraph with `code in it` and one ` alone.

      Examples:
        toy play --loud 'a b' \\n
        .so /etc/passwd

      After the examples.
      """,
    version: "1.0", subcommands: [Play.self, Box.self, Hidden.self])

  enum Colour: String, CaseIterable, ExpressibleByArgument { case red, green }

  struct Play: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Plays.",
      discussion: "Line one:\nFILE:LINE: line two\n\n  literal .block\n  second\nthen text")

    @Argument(help: ".what to play") var what: String
    @Argument(help: "More.") var more: [String] = []
    @Option(name: .shortAndLong, help: ArgumentHelp("How often.", valueName: "count")) var times = 3
    @Option(help: "In what colour.") var colour = Colour.red
    @Option(help: ArgumentHelp("Noted.", discussion: "With a second paragraph.")) var note: [String] = []
    @Flag(name: [.customShort("l"), .long], help: "Loudly.") var loud = false
    @Flag(help: .hidden) var secret = false
    @Flag var mute = false
  }

  struct Box: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "box", abstract: "The box.", subcommands: [Open.self])

    struct Open: ParsableCommand {
      static let configuration = CommandConfiguration(commandName: "open", abstract: "")
    }
  }

  struct Hidden: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "hidden", shouldDisplay: false)
  }
}
