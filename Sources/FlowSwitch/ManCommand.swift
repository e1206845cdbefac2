import ArgumentParser
import CommandReference
import FoundationEssentials
import SwitchModel
import SystemPackage

struct ManCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "man",
    abstract: "Prints a manual page, or writes all of them.",
    discussion: """
      The pages are written from the commands' definitions, in man(7).

      Examples:
        flowswitch man show members | man -l -
        flowswitch man --output /usr/local/share/man/man1
      """)

  @Argument(help: "The command whose page is printed; none: flowswitch itself.")
  var command: [String] = []

  @Option(
    help: ArgumentHelp("Write the pages of all commands into this folder.", valueName: "folder"),
    completion: .directory)
  var output: String?

  @Option(
    help: ArgumentHelp(
      "The date on the pages. (default: SOURCE_DATE_EPOCH's, or today)", valueName: "yyyy-mm-dd"))
  var date: String?

  func validate() throws {
    if output != nil, !command.isEmpty { throw ValidationError("--output writes the pages of all commands") }
    if let date, date.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) == nil {
      throw ValidationError("--date \(date): expected a date like 2026-01-31")
    }
  }

  func run() async throws {
    let console = Console.current
    let pages = try ManualPages(
      of: FlowSwitchCommand.self, version: "flowswitch \(FlowSwitchVersion.current)",
      date: date ?? ManCommand.today(console.environment("SOURCE_DATE_EPOCH")), extras: ManualSections.extras)
    guard let output else {
      guard let page = pages.page(of: command) else {
        throw CommandFailure(.usage, "there is no command '\(command.joined(separator: " "))'")
      }
      return try console.write(page.text)
    }
    for page in pages.pages {
      let path = FilePath(output).appending(page.fileName)
      do {
        let descriptor = try FileDescriptor.open(
          path, .writeOnly, options: [.create, .truncate, .closeOnExec],
          permissions: [.ownerReadWrite, .groupRead, .otherRead])
        _ = try descriptor.closeAfter { try descriptor.writeAll(Array(page.text.utf8)) }
      } catch let error as Errno {
        throw CommandFailure(.usage, "\(path): \(error)")
      }
    }
  }

  /// SOURCE_DATE_EPOCH makes builds that can be repeated.
  private static func today(_ epoch: String?) -> String {
    // Four digits of a year are what a page has room for.
    let seconds = epoch.flatMap { Int64($0) }.flatMap { (0...253_402_300_799).contains($0) ? $0 : nil }
    let date = seconds.map { Date(timeIntervalSince1970: Double($0)) } ?? Date()
    return date.formatted(.iso8601.year().month().day().dateSeparator(.dash))
  }
}
