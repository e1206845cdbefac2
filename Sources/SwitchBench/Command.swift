import CSwitchBench
import Foundation

/// A program of the system's: run to its end, or started to stay.
struct Command {
  var path: String
  var arguments: [String]
  var input = ""
  /// Its network namespace; nil: ours.
  var namespace: Namespace?
  /// Added to our environment.
  var environment: [String: String] = [:]

  init(_ words: [String], in namespace: Namespace? = nil, input: String = "") throws {
    guard let name = words.first, let path = Command.find(name) else {
      throw BenchError("\(words.first ?? "nothing") is not installed")
    }
    self.path = path
    arguments = Array(words.dropFirst())
    self.namespace = namespace
    self.input = input
  }

  /// PATH, and where administrators' programs are.
  static func find(_ name: String) -> String? {
    if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let places = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    return places.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  /// Runs it to its end. It is not interrupted by Ctrl-C, so that clean-up is whole.
  /// - Returns: what it said, on both streams.
  /// - Throws: it failed, or took longer.
  @discardableResult
  func run(within seconds: Double = 30) throws -> String {
    let name = "/tmp/flowswitch-bench-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    defer {
      unlink(name)
      unlink(name + ".in")
    }
    let pid = try start(output: name, input: name + ".in")
    let end = ContinuousClock.now + .seconds(seconds)
    var status: Int32 = 0
    while waitpid(pid, &status, WNOHANG) == 0 {
      if ContinuousClock.now > end {
        kill(pid, SIGKILL)
        waitpid(pid, &status, 0)
        throw BenchError("\(line) did not end within \(Int(seconds)) s")
      }
      usleep(1000)
    }
    let said = (try? String(contentsOfFile: name, encoding: .utf8)) ?? ""
    if status != 0 {
      let last = said.split(whereSeparator: \.isNewline).suffix(3).joined(separator: "; ")
      throw BenchError("\(line): \(last.isEmpty ? "status \(status >> 8)" : last)")
    }
    return said
  }

  /// Starts it and returns its number. It dies with the bench, and stays off the generator's CPU.
  func start(output: String, input file: String? = nil) throws -> pid_t {
    let out = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    defer { close(out) }
    if let file, !input.isEmpty { try input.write(toFile: file, atomically: false, encoding: .utf8) }
    let from = open(input.isEmpty ? "/dev/null" : file ?? "/dev/null", O_RDONLY | O_CLOEXEC)
    defer { close(from) }
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var settings: [UnsafeMutablePointer<CChar>?] = merged.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in words + settings { free(pointer) } }
    return try Kernel.check(
      sb_spawn(path, &words, &settings, namespace?.descriptor ?? -1, from, out, -1), "start \(path)")
  }

  private var line: String {
    ([path.split(separator: "/").last.map(String.init) ?? path] + arguments).joined(separator: " ")
  }
}

extension Command {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
