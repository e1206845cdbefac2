import ArgumentParser
import FoundationEssentials

/// A command as its definition says: the part of ArgumentParser's help dump that manual pages need.
struct CommandDescription: Codable, Hashable, Sendable {
  var superCommands: [String]?
  var shouldDisplay: Bool?
  var commandName: String
  var abstract: String?
  var discussion: String?
  var subcommands: [CommandDescription]?
  var arguments: [ArgumentDescription]?

  /// Reads the definitions of a command and all below it.
  init(of root: any ParsableCommand.Type) throws { try self.init(dump: root._dumpHelp()) }

  /// - Parameter dump: what a command prints for `--experimental-dump-help`.
  init(dump: String) throws {
    struct Tool: Codable { var command: CommandDescription }
    self = try JSONDecoder().decode(Tool.self, from: Data(dump.utf8)).command
  }

  /// `flowswitch show ports`.
  var path: [String] { (superCommands ?? []) + [commandName] }

  /// Those that help shows, without the `help` that every tree has.
  var shownSubcommands: [CommandDescription] {
    (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
  }

  var shownArguments: [ArgumentDescription] { (arguments ?? []).filter(\.shouldDisplay) }

  /// This and all below, in the order of definition.
  var all: [CommandDescription] { [self] + shownSubcommands.flatMap(\.all) }
}

/// An argument, an option or a flag.
struct ArgumentDescription: Codable, Hashable, Sendable {
  enum Kind: String, Codable, Sendable { case positional, option, flag }
  struct Name: Codable, Hashable, Sendable {
    var kind: String
    var name: String

    /// With its dashes.
    var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
  }
  var kind: Kind
  var shouldDisplay: Bool
  var isOptional: Bool
  var isRepeating: Bool
  var names: [Name]?
  var preferredName: Name?
  var valueName: String?
  var defaultValue: String?
  var allValues: [String]?
  var abstract: String?
  var discussion: String?
}
