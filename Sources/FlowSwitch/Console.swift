import Glibc
import SystemPackage
import UnixSignals

/// The process' standard output and error, or what a test puts in their place.
struct Console: ConsoleOutput {
  @TaskLocal static var current: any ConsoleOutput = Console()

  func write(_ bytes: [UInt8]) throws(ConsoleError) {
    do {
      try FileDescriptor.standardOutput.writeAll(bytes)
    } catch let error as Errno {
      throw error == .brokenPipe ? .readerGone : .failed(error)
    } catch {
      throw .failed(.ioError)
    }
  }

  func writeError(_ line: String) { _ = try? FileDescriptor.standardError.writeAll(Array("\(line)\n".utf8)) }

  var errorWidth: Int? {
    guard isatty(STDERR_FILENO) == 1 else { return nil }
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  func writeProgress(_ text: String) { _ = try? FileDescriptor.standardError.writeAll(Array(text.utf8)) }

  var isTerminal: Bool { isatty(FileDescriptor.standardOutput.rawValue) == 1 }

  func ask(_ question: String) -> String? {
    guard isTerminal, isatty(FileDescriptor.standardInput.rawValue) == 1 else { return nil }
    _ = try? FileDescriptor.standardError.writeAll(Array(question.utf8))
    return readLine() ?? ""
  }

  func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  func interrupted() async {
    for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
  }
}
