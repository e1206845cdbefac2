import LinuxPlatform
import Logging
import Management
import ServiceLifecycle
import SwitchModel
import UnixSignals

/// The switch's loops, and SIGHUP, as a service.
struct ControlService: ServiceLifecycle.Service {
  let holder: SwitchHolder
  let door: NetworkDoor
  let manager: ServiceNotifier
  let log: Logger

  func run() async throws {
    // One that came during the start, before the group listened.
    if StopSignals.isRaised { return }
    let time = SystemTimeSource()
    try await cancelWhenGracefulShutdown { [holder, door, manager] in
      let reloads = Task { await reloadWhenAsked() }
      let notices = Task { for await notice in door.notices { await holder.note(notice) } }
      defer {
        reloads.cancel()
        notices.cancel()
      }
      // From the loop itself: one that hangs is found out.
      try await holder.run { manager.beat(at: time.now) }
    }
  }

  private func reloadWhenAsked() async {
    for await _ in await UnixSignalsSequence(trapping: .sighup) {
      do throws(ConfigurationRefusal) {
        let outcome = try await holder.reload(cause: "SIGHUP")
        if !outcome.changed { log.notice("SIGHUP: the file holds what runs already") }
      } catch {
        for fault in error.faults { log.error("\(fault.description)") }
        log.error("SIGHUP: \(error.message)")
      }
    }
  }
}
