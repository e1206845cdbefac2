import Dispatch
import Glibc

/// libFuzzer's own changes.
@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ longest: Int) -> Int

/// What libFuzzer calls in place of them.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ longest: Int, _ seed: UInt32) -> Int {
  FuzzRun.mutate(bytes, count, longest: longest, seed: seed)
}

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

  /// Changes an input where it stands. What the target itself does not change, libFuzzer does.
  /// - Returns: how long it is then.
  static func mutate(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, longest: Int, seed: UInt32) -> Int {
    guard seed & 1 == 0, let mutation = target?.mutation else { return mutateBytes(bytes, count, longest) }
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let output = try? mutation(input, longest, UInt64(seed)), !output.isEmpty, output.count <= longest
    else { return mutateBytes(bytes, count, longest) }
    bytes.update(from: output, count: output.count)
    return output.count
  }

  /// libFuzzer keeps the input of what aborts.
  private static func stop(_ target: FuzzTarget, _ error: any Error) -> Never {
    let text = Array("\(target.name): \(error)\n".utf8)
    _ = write(STDERR_FILENO, text, text.count)
    abort()
  }
}
