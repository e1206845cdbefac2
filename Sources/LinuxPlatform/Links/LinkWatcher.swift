import CNetlink

/// Link events for a loop of the caller's own: poll `fileDescriptor` for reading, then call `poll`.
///
/// It subscribes before it dumps, so nothing that happens in between is missed; what is told twice makes no event.
/// When the kernel dropped notifications (ENOBUFS), or one could not be read, it reads the socket empty (until then
/// the kernel drops more), dumps anew and reports the differences.
public struct LinkWatcher: ~Copyable {
  /// Datagrams a call: others on the caller's thread want their turn.
  private static let datagramsPerCall: Int32 = 256

  private let monitor: OpaquePointer
  private let session: NetlinkSession
  private var table = LinkTable()
  /// The table may be wrong until the next dump; true at the start, and after a dump failed.
  public private(set) var needsResynchronization = true
  /// How often a dump was needed because notifications were lost.
  public private(set) var overruns = 0

  /// - Parameter receiveBuffer: bytes; nil for the system's default (net.core.rmem_default).
  public init(receiveBuffer: Int? = nil) throws(SystemError) {
    // Assigned together at the end: a value without copies cannot be left half made.
    let opened = try NetlinkSession()
    var pointer: OpaquePointer?
    var error = fs_netlink_error()
    let code = fs_link_monitor_open(&pointer, Int32(clamping: receiveBuffer ?? 0), &error)
    guard code == 0, let pointer else { throw SystemError("watch links", from: error) }
    session = opened
    monitor = pointer
  }

  deinit { fs_link_monitor_close(monitor) }

  public var fileDescriptor: Int32 { fs_link_monitor_fd(monitor) }

  /// By index.
  public var links: [Link] { table.links.values.sorted { $0.index < $1.index } }

  /// What happened since the last call, in order; the first call reports every link as appeared. Never blocks.
  /// - Throws: `SystemError` when the socket or a dump failed. The watcher stays usable; the next call tries again.
  public mutating func poll() throws(SystemError) -> [LinkEvent] {
    var events: [LinkEvent] = []
    if try !read(into: &events) && needsResynchronization {
      events += table.resynchronize(try session.links())
      needsResynchronization = false
    }
    return events
  }

  /// One round of reading. Returns whether more may be there.
  private mutating func read(into events: inout [LinkEvent]) throws(SystemError) -> Bool {
    var list: UnsafeMutablePointer<fs_link_event>?
    var count = 0
    var overrun: Int32 = 0
    var more: Int32 = 0
    var error = fs_netlink_error()
    let code = fs_link_monitor_read(monitor, Self.datagramsPerCall, &list, &count, &overrun, &more, &error)
    defer { fs_netlink_free_list(list) }
    for event in UnsafeBufferPointer(start: list, count: list == nil ? 0 : count) {
      // Before the first dump the table knows nothing, and "changed" could not be told from "appeared".
      if needsResynchronization && table.links.isEmpty { break }
      let link = Link(event.link)
      events += event.removed != 0 ? table.remove(index: link.index) : table.update(link)
    }
    if overrun != 0 {
      overruns += 1
      needsResynchronization = true
    }
    if code != 0 {
      needsResynchronization = true
      throw SystemError("read link events", from: error)
    }
    return more != 0
  }
}
