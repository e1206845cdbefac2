@testable import BPFBuild
import Foundation
import Glibc

@testable import Lab

/// The clocks of one process, set while it runs: a library that is loaded before the others and adds to what the kernel
/// says. The machine's clock stays as it is, and time namespaces have no wall clock and do not change for those inside.
final class SteppedClock {
  private let library: String
  private let offsets: String

  init(folder: String) throws {
    library = "\(folder)/clock.so"
    offsets = "\(folder)/clock.offsets"
    let source = "\(folder)/clock.c"
    try TextFile.write(source, Self.source)
    try set(wallSeconds: 0, bootSeconds: 0)
    try Toolchain().run("clang", ["-shared", "-fPIC", "-O1", "-o", library, source])
  }

  /// Runs a program with these clocks.
  var wrapper: [String] { ["env", "LD_PRELOAD=\(library)", "STEPPED_CLOCK=\(offsets)"] }

  /// From now on CLOCK_REALTIME and CLOCK_BOOTTIME are so far from the kernel's. The other clocks never are.
  func set(wallSeconds: Int64, bootSeconds: Int64) throws {
    let bytes = withUnsafeBytes(of: (wallSeconds, bootSeconds)) { Array($0) }
    let file = open(offsets, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(file) }
    guard file >= 0, pwrite(file, bytes, bytes.count, 0) == bytes.count else {
      throw SiteFailure("\(offsets): \(String(cString: strerror(errno)))")
    }
  }

  private static let source = """
    #define _GNU_SOURCE
    #include <fcntl.h>
    #include <stdint.h>
    #include <stdlib.h>
    #include <sys/mman.h>
    #include <sys/syscall.h>
    #include <sys/time.h>
    #include <time.h>
    #include <unistd.h>

    static volatile int64_t *offsets;
    static const int64_t none[2];

    __attribute__((constructor)) static void begin(void) {
      const char *path = getenv("STEPPED_CLOCK");
      int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
      void *memory = file < 0 ? MAP_FAILED : mmap(0, 16, PROT_READ, MAP_SHARED, file, 0);
      offsets = memory == MAP_FAILED ? (int64_t *)none : memory;
      if (file >= 0) close(file);
    }

    int clock_gettime(clockid_t clock, struct timespec *time) {
      int result = syscall(SYS_clock_gettime, clock, time);
      if (result || !offsets) return result;
      if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) time->tv_sec += offsets[0];
      if (clock == CLOCK_BOOTTIME) time->tv_sec += offsets[1];
      return 0;
    }

    int gettimeofday(struct timeval *restrict time, void *restrict zone) {
      struct timespec now;
      if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
      time->tv_sec = now.tv_sec;
      time->tv_usec = now.tv_nsec / 1000;
      return 0;
    }

    time_t time(time_t *result) {
      struct timespec now;
      clock_gettime(CLOCK_REALTIME, &now);
      if (result) *result = now.tv_sec;
      return now.tv_sec;
    }

    """
}
