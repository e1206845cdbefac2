import Glibc

/// Polls until `condition` holds; false when it does not within a generous bound. No test asserts how long.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
  let clock = ContinuousClock()
  let deadline = clock.now + .seconds(20)
  while clock.now < deadline {
    if try condition() { return true }
    usleep(2000)
  }
  return try condition()
}
