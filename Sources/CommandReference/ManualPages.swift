public import ArgumentParser

/// Manual pages, written from the definitions of commands.
///
/// Each command has a page of section 1: NAME, SYNOPSIS, DESCRIPTION, COMMANDS, ARGUMENTS, OPTIONS and EXAMPLES come from
/// its definition, further sections from `ManualExtras`, SEE ALSO from the tree. The language is man(7), as groff and
/// mandoc read it.
public struct ManualPages: Sendable {
  public struct Page: Sendable {
    /// `flowswitch-show-ports.1`.
    public var fileName: String
    /// `flowswitch show ports`.
    public var command: String
    public var text: String
  }

  /// In the order of definition, the root first.
  public let pages: [Page]

  /// - Parameters:
  ///   - version: for the foot of each page.
  ///   - date: `2026-11-21`, for the foot of each page.
  public init(
    of root: any ParsableCommand.Type, version: String, date: String, extras: ManualExtras = ManualExtras()
  ) throws {
    self.init(
      description: try CommandDescription(of: root), version: version, date: date, extras: extras)
  }

  init(description: CommandDescription, version: String, date: String, extras: ManualExtras) {
    pages = description.all.map { command in
      let page = ManualPage(command: command, version: version, date: date, extras: extras)
      return Page(
        fileName: "\(command.path.joined(separator: "-")).1", command: command.path.joined(separator: " "),
        text: page.text)
    }
  }

  /// The page of a command by its path, without the root's name: `["show", "ports"]`.
  public func page(of path: [String]) -> Page? {
    guard let root = pages.first?.command else { return nil }
    return pages.first { $0.command == ([root] + path).joined(separator: " ") }
  }
}
