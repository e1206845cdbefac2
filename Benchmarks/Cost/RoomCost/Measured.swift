/// What callgrind counts: it knows `room_measured` by its name.
enum Measured {
  nonisolated(unsafe) private static var once: () throws -> Void = {}
  nonisolated(unsafe) private static var count = 0
  nonisolated(unsafe) private static var fault: (any Error)?

  static func run(_ once: @escaping () throws -> Void, count: Int) throws {
    (self.once, self.count, fault) = (once, count, nil)
    room_measured()
    if let fault { throw fault }
  }

  fileprivate static func loop() {
    do {
      for _ in 0..<count { try once() }
    } catch {
      fault = error
    }
  }
}

@inline(never)
func room_measured() { Measured.loop() }
