import Foundation
import Glibc
import SwitchModel

@testable import Lab

/// A running `flowswitch run`.
final class Daemon {
  let name: String
  let log: String
  private let process: Lab.ProcessIdentity
  private var exit: Int32?

  init(name: String, namespace: String, words: [String], log: String) throws {
    self.name = name
    self.log = log
    let named = words.firstIndex(of: "--socket").map { words[$0 + 1] }
    socket = named ?? "/run/flowswitch/\(name).sock"
    process = try Program(path: Tool.path(of: words[0]) ?? words[0], Array(words.dropFirst()))
      .inside(namespace: namespace).start(output: log, errors: log)
  }

  var pid: Int32 { process.pid }
  let socket: String
  var said: String { TextFile.read(log) ?? "" }

  var isRunning: Bool {
    if exit != nil { return false }
    var code: Int32 = 0
    if waitpid(process.pid, &code, WNOHANG) != process.pid { return true }
    exit = code & 0x7f == 0 ? (code >> 8) & 0xff : 128 + (code & 0x7f)
    return false
  }

  // MARK: What it holds

  var residentBytes: Int { status("VmRSS:") << 10 }
  var descriptors: Int { TextFile.names(in: "/proc/\(pid)/fd").count }
  var threads: [String] {
    TextFile.names(in: "/proc/\(pid)/task").compactMap {
      TextFile.read("/proc/\(pid)/task/\($0)/comm")?.split(separator: "\n").first.map(String.init)
    }
  }

  private func status(_ field: String) -> Int {
    let lines = (TextFile.read("/proc/\(pid)/status") ?? "").split(separator: "\n")
    let line = lines.first { $0.hasPrefix(field) }
    return line.flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }.flatMap { Int($0) }
      ?? 0
  }

  func awaitReady() throws {
    let isReady = try Waiting.until(within: .seconds(60)) {
      said.contains("ready; control socket") || !isRunning
    }
    guard isReady, isRunning else { throw SiteFailure("the switch did not become ready:\n\(said)") }
  }

  /// Waits until all members can serve.
  func awaitMembers(_ states: Set<String> = ["operational"]) throws {
    try awaitMembers { $0.allSatisfy { states.contains($0.state) } }
  }

  func awaitMembers(_ condition: ([MemberRow]) -> Bool) throws {
    var last: [MemberRow] = []
    let isSo = try Waiting.until(within: .seconds(30), every: .milliseconds(100)) {
      last = try members()
      return !last.isEmpty && condition(last)
    }
    if !isSo {
      let states = last.map { "\($0.cluster)/\($0.name) \($0.state) \($0.buckets)" }.joined(separator: ", ")
      throw SiteFailure("members do not become as expected: \(states)\n\(said)")
    }
  }

  func signal(_ number: Int32) { if isRunning { Glibc.kill(process.pid, number) } }

  /// Sends a signal, and returns the status that the switch ended with.
  @discardableResult
  func stop(_ number: Int32 = SIGTERM) throws -> Int32 {
    signal(number)
    guard try Waiting.until(within: .seconds(60), { !isRunning }), let exit else {
      throw SiteFailure("the switch does not end:\n\(said)")
    }
    return exit
  }

  func kill() { _ = try? stop(SIGKILL) }

  // MARK: What it says

  func members() throws -> [MemberRow] { try rows("members") }
  func clusters() throws -> [ClusterRow] { try rows("clusters") }
  func ports() throws -> [PortRow] { try rows("ports") }
  /// Of the cluster `web`.
  func buckets() throws -> [BucketRow] { try rows("buckets", ["--cluster", "web"]) }
  func drops() throws -> [DropRow] { try rows("drops") }
  func version() throws -> VersionRow? {
    let data = Data(try show("version"))
    if let row = try? JSONDecoder().decode(VersionRow.self, from: data) { return row }
    return try JSONDecoder().decode([VersionRow].self, from: data).first
  }

  /// Runs a command that asks this switch.
  func ask(_ words: String...) throws -> ProgramResult {
    try Program(
      path: Executable.flowswitch(), words + ["--socket", socket]
    ).run(within: .seconds(60))
  }

  private func rows<Row: Decodable>(_ what: String, _ options: [String] = []) throws -> [Row] {
    try JSONDecoder().decode([Row].self, from: Data(try show(what, options)))
  }

  private func show(_ what: String, _ options: [String] = []) throws -> [UInt8] {
    try Program(
      path: Executable.flowswitch(),
      ["show", what, "--json", "--socket", socket] + options
    ).succeed(within: .seconds(20)).output
  }
}

struct SiteFailure: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}
