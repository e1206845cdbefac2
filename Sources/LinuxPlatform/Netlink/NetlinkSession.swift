import CNetlink
import Synchronization

/// A conversation with the kernel's routing netlink (rtnetlink(7)), in the network namespace of the thread that opens
/// it, whichever thread uses it later. Calls from several threads wait for each other; each takes microseconds.
///
/// A dump that the kernel says was changed while it ran (NLM_F_DUMP_INTR) is repeated, at most 16 times, then fails
/// with `EAGAIN`. Every refusal is a `SystemError` with the kernel's errno and its own text where it gives one.
public final class NetlinkSession: Sendable {
  /// libnl's socket, used under the lock only.
  private struct Handle: @unchecked Sendable {
    var pointer: OpaquePointer
  }

  private let handle: Mutex<Handle>

  public init() throws(SystemError) {
    var pointer: OpaquePointer?
    var error = fs_netlink_error()
    let code = fs_netlink_open(&pointer, &error)
    guard code == 0, let pointer else { throw SystemError("open a netlink socket", from: error) }
    handle = Mutex(Handle(pointer: pointer))
  }

  deinit {
    handle.withLock { fs_netlink_close($0.pointer) }
  }

  typealias Call = (OpaquePointer, inout fs_netlink_error) -> Int32

  func perform(_ operation: String, _ subject: String, _ call: Call) throws(SystemError) {
    let failure = handle.withLock { handle -> fs_netlink_error? in
      var error = fs_netlink_error()
      return call(handle.pointer, &error) == 0 ? nil : error
    }
    if let failure { throw SystemError(operation, subject, from: failure) }
  }

  typealias ListCall<Item> = (
    OpaquePointer, inout UnsafeMutablePointer<Item>?, inout Int, inout fs_netlink_error
  ) -> Int32

  func list<Item, Value>(
    _ operation: String, _ call: ListCall<Item>, _ transform: (Item) -> Value
  ) throws(SystemError) -> [Value] {
    var items: UnsafeMutablePointer<Item>?
    var count = 0
    defer { fs_netlink_free_list(items) }
    try perform(operation, "") { pointer, error in call(pointer, &items, &count, &error) }
    return UnsafeBufferPointer(start: items, count: items == nil ? 0 : count).map(transform)
  }
}

extension SystemError {
  init(_ operation: String, _ subject: String = "", from error: fs_netlink_error) {
    self.init(operation, subject, number: error.code, detail: CText.string(error.text))
  }
}
