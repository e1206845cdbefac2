import Glibc

/// Two ends of a pipe; the reading one does not block. Neither is inherited unless handed over.
struct Pipe: ~Copyable {
  let reading: Descriptor
  let writing: Descriptor

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw LabError.refused("cannot make a pipe: \(errorText(errno))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    reading = Descriptor(owning: ends[0])
    writing = Descriptor(owning: ends[1])
  }

  /// Closes the writing end, so that the reading one sees the end when the program's copy goes too.
  consuming func keepReading() -> Descriptor { reading }
}
