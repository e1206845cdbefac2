import ArgumentParser
import Management
import SwitchModel

/// What the commands take that change an admin state.
struct AdminOptions: ParsableArguments {
  @OptionGroup var daemon: SocketOption

  @Argument(help: ArgumentHelp("CLUSTER/MEMBER, or POOL/ROUTER.", valueName: "member"))
  var member: MemberArgument

  /// Sets the state.
  func set(_ state: AdminState) async throws(CommandFailure) -> ControlClient {
    let client = try await daemon.client()
    do {
      _ = try await client.setAdminState(state, of: member.name)
    } catch {
      throw CommandFailure(error)
    }
    return client
  }
}
