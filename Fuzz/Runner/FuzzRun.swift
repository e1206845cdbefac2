import Dispatch
import Glibc

/// The one target of this process.
enum FuzzRun {
  // Set before libFuzzer starts, read after.
  nonisolated(unsafe) static var target: FuzzTarget?

  static func run(_ bytes: [UInt8]) {
    guard let target else { return }
    switch target.body {
    case .direct(let body):
      do {
        try body(bytes)
      } catch {
        stop(target, error)
      }
    case .waiting(let body):
      let done = DispatchSemaphore(value: 0)
      Task.detached {
        do {
          try await body(bytes)
        } catch {
          stop(target, error)
        }
        done.signal()
      }
      done.wait()
    }
  }

  /// libFuzzer keeps the input of what aborts.
  private static func stop(_ target: FuzzTarget, _ error: any Error) -> Never {
    let text = Array("\(target.name): \(error)\n".utf8)
    _ = write(STDERR_FILENO, text, text.count)
    abort()
  }
}
