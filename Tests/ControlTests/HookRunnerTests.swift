import Foundation
import SwitchModel
import Testing

@testable import Control

@Suite("The operator's program for each event")
struct HookRunnerTests {
  private static let event = EventRow(
    number: 7, time: "2026-01-02T03:04:05.678Z", kind: "member-down", severity: "warning", subject: "web/s1",
    cause: "its probe failed: $(touch x); `id` \"'\n", effect: "", buckets_moved: 12)

  /// A program in a folder of its own, which it is given as first argument.
  private static func inFolder(
    _ script: String, timeout: Duration = .seconds(10), _ body: (HookRunner, String) async throws -> Void
  ) async throws {
    let folder = NSTemporaryDirectory() + "flowswitch-hook-\(UInt64.random(in: 0...UInt64.max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let program = folder + "/hook"
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: program))
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
    let hook = try #require(HookRunner([program, folder], instance: "fs1", timeout: timeout))
    defer { hook.stop() }
    try await body(hook, folder)
  }

  private static func until<Value>(_ body: () -> Value?) async -> Value? {
    for _ in 0..<3000 {
      if let value = body() { return value }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return nil
  }

  @Test("no program, no runner")
  func none() { #expect(HookRunner([], instance: "fs1") == nil) }

  @Test(
    "it gets the event, and nothing else: no shell reads it, and what the daemon's own environment holds is not there"
  )
  func environment() async throws {
    setenv("FLOWSWITCH_SECRET_OF_THE_DAEMON", "x", 1)
    try await Self.inFolder(#"tr '\0' '\n' < /proc/$$/environ > "$1/new"; mv "$1/new" "$1/environment""#) {
      hook, folder in
      hook.run(Self.event)
      let text = try #require(
        await Self.until { try? String(contentsOf: URL(filePath: folder + "/environment"), encoding: .utf8) })
      let names = Set(
        text.split(separator: "\n").compactMap { $0.split(separator: "=").first }.map(String.init))
      // The cause is of two lines: the second has no name.
      #expect(
        names == [
          "PATH", "FLOWSWITCH_NAME", "FLOWSWITCH_EVENT_NUMBER", "FLOWSWITCH_EVENT_TIME",
          "FLOWSWITCH_EVENT_KIND",
          "FLOWSWITCH_EVENT_SEVERITY", "FLOWSWITCH_EVENT_SUBJECT", "FLOWSWITCH_EVENT_CAUSE",
          "FLOWSWITCH_EVENT_EFFECT", "FLOWSWITCH_EVENT_BUCKETS_MOVED",
        ])
      for line in [
        "FLOWSWITCH_NAME=fs1", "FLOWSWITCH_EVENT_NUMBER=7", "FLOWSWITCH_EVENT_TIME=2026-01-02T03:04:05.678Z",
        "FLOWSWITCH_EVENT_KIND=member-down", "FLOWSWITCH_EVENT_SEVERITY=warning",
        "FLOWSWITCH_EVENT_SUBJECT=web/s1",
        "FLOWSWITCH_EVENT_CAUSE=its probe failed: $(touch x); `id` \"'", "FLOWSWITCH_EVENT_EFFECT=",
        "FLOWSWITCH_EVENT_BUCKETS_MOVED=12",
      ] {
        #expect(text.split(separator: "\n").contains(Substring(line)), "\(line)")
      }
      #expect(hook.takeTrouble() == nil)
    }
  }

  @Test(
    "what fails, cannot be run or hangs is told, with the event",
    arguments: [
      ("echo oh no; exit 3", "event 7: exit status 3: oh no"), ("kill -9 $$", "event 7: ended by signal 9"),
      ("sleep 60", "event 7: no result within 300ms"),
    ])
  func trouble(script: String, reason: String) async throws {
    try await Self.inFolder(script, timeout: script == "sleep 60" ? .milliseconds(300) : .seconds(10)) {
      hook, _ in
      hook.run(Self.event)
      let trouble = await Self.until { hook.takeTrouble() }
      #expect(trouble == HookRunner.Trouble(failures: 1, reason: reason, leftOut: 0))
      #expect(hook.takeTrouble() == nil)
    }
  }

  @Test("a program that is not there")
  func absent() async throws {
    let hook = try #require(HookRunner(["/nonexistent/hook"], instance: "fs1"))
    defer { hook.stop() }
    hook.run(Self.event)
    let trouble = try #require(await Self.until { hook.takeTrouble() })
    #expect(trouble.failures == 1 && trouble.reason.contains("cannot run /nonexistent/hook"), "\(trouble)")
  }

  @Test("one that hangs holds up nobody, and costs no memory without bound: events are left out, and counted")
  func bounded() async throws {
    try await Self.inFolder("sleep 6", timeout: .seconds(5)) { hook, _ in
      for _ in 0..<1000 { hook.run(Self.event) }
      let trouble = try #require(hook.takeTrouble())
      // One or none is with the program by now.
      #expect(trouble.failures == 0)
      #expect((1000 - HookRunner.room - 1...1000 - HookRunner.room).contains(trouble.leftOut), "\(trouble)")
    }
  }
}
