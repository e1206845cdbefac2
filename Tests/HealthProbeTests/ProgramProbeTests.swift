import Foundation
import SwitchModel
import Synchronization
import Testing
import Wire

@testable import HealthProbe

@Suite("H12: exec probes", .timeLimit(.minutes(5)))
struct ProgramProbeTests {
  private func run(_ script: String, timeout: Duration = patience) async -> String {
    await Probing.outcome(
      ProbeConfiguration(kind: .exec, command: ["/bin/sh", "-c", script], timeout: timeout),
      target: ProbeTarget(
        name: "web/s1", address: Probing.local, mark: 7, environment: ["FLOWSWITCH_CLUSTER": "web"]))
  }

  @Test(
    "H12: what a program says",
    arguments: [
      ("exit 0", "ok"), ("echo fine; exit 0", "ok"), ("exit 3", "exit status 3"),
      ("echo 'disk\tfull'; echo really >&2; exit 1", "exit status 1: disk full really"),
      ("kill -9 $$", "ended by signal 9"),
      (
        "echo $FLOWSWITCH_TARGET $FLOWSWITCH_ADDRESS $FLOWSWITCH_MARK $FLOWSWITCH_CLUSTER; exit 1",
        "exit status 1: web/s1 127.0.0.1 7 web"
      ),
      // Nothing to read.
      ("read x && exit 1; exit 0", "ok"),
    ])
  func outcome(script: String, text: String) async { #expect(await run(script) == text) }

  @Test("H12: a program gets none of our descriptors, whoever opened them")
  func descriptors() async {
    let ours = open("/dev/zero", O_RDONLY)
    defer { close(ours) }
    #expect(fcntl(ours, F_GETFD) & FD_CLOEXEC == 0)
    #expect(await run("[ ! -e /proc/self/fd/\(ours) ]") == "ok")
  }

  @Test("H12: a program that prints a lot is heard in part and not held up")
  func flood() async {
    let text = await run("head -c 5000000 /dev/zero | tr '\\0' x; exit 4")
    #expect(text == "exit status 4: " + String(repeating: "x", count: Program.outputLimit))
  }

  @Test("H12: a program that is not there")
  func missing() async {
    let configuration = ProbeConfiguration(kind: .exec, command: ["/nonexistent"], timeout: patience)
    #expect(await Probing.outcome(configuration) == "cannot run /nonexistent: no such file or directory")
  }

  @Test("H12: one that hangs is killed with all that it began; one that leaves a child behind too")
  func group() async throws {
    #expect(
      await run("echo hanging; sleep 1000 & sleep 1000", timeout: .milliseconds(500))
        == "no result within 500ms: hanging")
    let file = FileManager.default.temporaryDirectory.appending(path: "fs-exec-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    #expect(await run("sleep 1000 & echo $! > \(file); exit 0") == "ok")
    let child = try #require(
      Int32(String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .newlines)))
    // It may not be reaped yet by whoever takes orphans.
    let isGone = await eventually {
      kill(child, 0) != 0
        || (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8))?.contains(") Z ") != false
    }
    #expect(isGone)
  }

  @Test("H12: no more than sixteen programs at once; the others are run too")
  func limit() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "fs-exec-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let probing = Probing()
    // Each counts who is there with it.
    let script = "touch \(folder)/$$; n=$(ls \(folder) | wc -l); sleep 0.1; rm \(folder)/$$; [ $n -le 16 ]"
    probing.runner.configure(
      (0..<40).map {
        ProbeJob(
          id: $0, target: ProbeTarget(name: "\($0)", address: Probing.local),
          configuration: ProbeConfiguration(
            kind: .exec, command: ["/bin/sh", "-c", script], interval: .milliseconds(1), timeout: patience))
      })
    let reports = await probing.reports(80)
    #expect(reports.allSatisfy { $0.outcome == .success })
    #expect(Set(reports.map(\.id)).count == 40)
  }

  @Test("H12: nothing is left open, and no dead process either")
  func leaks() async {
    _ = await run("exit 0")
    let before = Self.ours()
    for _ in 0..<20 { _ = await run("exit 0") }
    #expect(await eventually { Self.ours() <= before + 5 })
  }

  private static func ours() -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.filter {
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?.hasPrefix("pipe:")
        == true
    }.count ?? 0
  }
}

/// Looks again and again, far longer than it should take.
func eventually(_ condition: () -> Bool) async -> Bool {
  for _ in 0..<1000 {
    if condition() { return true }
    try? await Task.sleep(for: .milliseconds(20))
  }
  return condition()
}
