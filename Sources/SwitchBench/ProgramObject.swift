import CSwitchBench
import Glibc

/// A loaded object of programs and maps; both go with it, but for what is attached.
final class ProgramObject {
  private let object: OpaquePointer
  private let path: String

  init(_ path: String) throws {
    var error: Int32 = 0
    guard let object = sb_object_load(path, &error) else {
      throw BenchError("cannot load \(path): \(String(cString: strerror(-error)))")
    }
    self.object = object
    self.path = path
  }

  deinit { sb_object_close(object) }

  func program(_ name: String) throws -> Int32 {
    try Kernel.check(sb_program(object, name), "find \(name) in \(path)")
  }

  func map(_ name: String) throws -> Int32 {
    try Kernel.check(sb_map(object, name), "find \(name) in \(path)")
  }

  /// The zero-initialised variables, mapped; they stay mapped.
  func variables<Layout>(_ type: Layout.Type) throws -> UnsafeMutablePointer<Layout> {
    guard let memory = sb_variables(object, MemoryLayout<Layout>.size) else {
      throw BenchError("cannot map the variables of \(path)")
    }
    return memory.bindMemory(to: type, capacity: 1)
  }
}
