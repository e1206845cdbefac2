import CNetlink
import Glibc
import SystemPackage

/// An exclusive claim on an interface among switches. It is a name in the abstract unix socket namespace, which the
/// kernel keeps per network namespace, like the interface indexes it is made of, and frees when the process dies.
public struct PortLock: ~Copyable, Sendable {
  private let descriptor: Int32
  public let index: UInt32

  /// - Throws: `PortLockError.held` when another holds it (in this process, too).
  public init(index: UInt32) throws(PortLockError) {
    let name = "flowswitch/port/\(index)"
    var made: Int32 = -1
    let code = fs_claim(name, &made)
    if code == EADDRINUSE {
      var process: Int32 = 0
      // Whoever held it may be gone by now, or was asked too often (its backlog is full): then nobody is named.
      let isKnown = fs_claim_holder(name, &process) == 0 && process > 0
      throw .held(index: index, holder: isKnown ? ProcessIdentity(process) : nil)
    }
    if code != 0 { throw .failed(SystemError("claim", "link #\(index)", number: code)) }
    descriptor = made
    self.index = index
  }

  deinit { close(descriptor) }
}
