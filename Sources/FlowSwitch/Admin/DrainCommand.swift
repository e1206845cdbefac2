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
      try await DrainCommand.watch(member, client)
    }
    guard isDone else {
      throw CommandFailure(.interrupted, "\(member) is not empty yet and goes on draining")
    }
  }

  private static func watch(_ member: String, _ client: ControlClient) async throws {
    let console = Console.current
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
      if progress.isEmpty { return try console.write("\(member) is empty\n") }
      if progress != last { try console.write(progress.text + "\n") }
      last = progress
      try await Task.sleep(for: .seconds(1))
    }
  }
}
