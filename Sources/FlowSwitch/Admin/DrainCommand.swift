import ArgumentParser
import Management
import SwitchModel

struct DrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain",
    abstract: "Gives a member or router no new flows; those that it has end by themselves.",
    discussion: """
      Kept until `enable` or `disable`, also when the daemon is started again. With --wait the command shows what is \
      left each second and ends when that is nothing; Ctrl-C ends the command, not the drain.

      Examples:
        flowswitch drain web/s1
        flowswitch drain --wait web/s1 && ssh s1 reboot
      """)

  @OptionGroup var options: AdminOptions

  @Flag(help: "Wait until it is empty, and show what is left.")
  var wait = false

  func run() async throws {
    let console = Console.current
    let client = try await options.set(.draining)
    let member = options.member.name
    guard wait else { return try console.write("\(member) is draining\n") }
    let isDone = try await untilInterrupted {
      let line = TerminalLine()
      defer { line.wipe() }
      try await DrainCommand.watch(member, client, line)
    }
    guard isDone else {
      throw CommandFailure(.interrupted, "\(member) is not empty yet and goes on draining")
    }
  }

  /// On a terminal what is left is one line, else one each time that it is something else.
  private static func watch(_ member: String, _ client: ControlClient, _ line: TerminalLine) async throws {
    let console = Console.current
    let begin = ContinuousClock.now
    var last: DrainProgress?
    while true {
      let progress: DrainProgress?
      do throws(ControlClientError) {
        progress = try await client.drainProgress(of: member)
      } catch {
        throw CommandFailure(error)
      }
      guard let progress else { throw CommandFailure(.refused, "\(member) is not there any more") }
      guard progress.adminState == .draining else {
        throw CommandFailure(
          .refused,
          "\(member) is \(progress.adminState?.rawValue ?? "changed") meanwhile, not draining any more")
      }
      if progress.isEmpty {
        line.wipe()
        return try console.write("\(member) is empty\n")
      }
      if console.errorWidth != nil {
        line.show("\(progress.text), \((ContinuousClock.now - begin).components.seconds) s")
      } else if progress != last {
        try console.write(progress.text + "\n")
      }
      last = progress
      try await Task.sleep(for: .seconds(1))
    }
  }
}
