import CNetlink

/// Time as the state machines see it. The daemon gives them the system's, tests one that they turn by hand.
public protocol TimeSource: Sendable {
  /// Time since an arbitrary moment; never goes back, and counts the time that the machine slept.
  var now: Duration { get }
  /// What a clock on the wall shows; for display and logs only, since it may jump.
  var wall: WallTime { get }
}

/// `CLOCK_BOOTTIME` and `CLOCK_REALTIME`. Boot time and not `CLOCK_MONOTONIC`: after a suspend every age is as old as
/// the rest of the network believes.
public struct SystemTimeSource: TimeSource {
  public init() {}

  public var now: Duration { .nanoseconds(fs_boot_nanoseconds()) }
  public var wall: WallTime { WallTime(since1970: .nanoseconds(fs_wall_nanoseconds())) }
}
