public import Datapath

/// What a target did with a frame, as a XDP program says it.
public enum XDPAction: UInt32, Sendable {
  case aborted
  case drop
  case pass
  case transmit
  case redirect

  /// What a tc program answers (TC_ACT_*), in words of XDP.
  init?(atTC action: UInt32) {
    switch action {
    case 0: self = .pass
    case 2: self = .drop
    case 7: self = .redirect
    default: return nil
    }
  }
}

/// Runs frames through one of the targets.
public protocol Runner: AnyObject {
  var tables: TableMemory { get }
  /// The bytes of `frame` become those that leave.
  func run(_ frame: inout [UInt8], port: Int) throws(SandboxError) -> XDPAction
}

extension Runner {
  /// Empty tables, as they were made.
  public func clear() {
    tables.clear()
  }

  /// Ports that can be attached.
  public static var ports: Range<Int> { 0..<8 }
}
