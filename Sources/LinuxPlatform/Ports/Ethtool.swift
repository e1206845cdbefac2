import CNetlink
import Glibc
import SystemPackage

/// What drivers tell and take through SIOCETHTOOL, in the network namespace of the thread that makes it.
public final class Ethtool: Sendable {
  private let socket: Int32

  public init() throws(SystemError) {
    var descriptor: Int32 = -1
    let code = fs_ethtool_socket(&descriptor)
    if code != 0 { throw SystemError("open a socket for ethtool", number: code) }
    socket = descriptor
  }

  deinit { close(socket) }

  /// Every offload feature that the kernel knows, in the kernel's order.
  /// - Throws: `ENODEV` when there is no such interface, `EOPNOTSUPP` when it has no features.
  public func features(of interface: String) throws(SystemError) -> [OffloadFeature] {
    var list: UnsafeMutablePointer<fs_feature>?
    var count = 0
    let code = fs_ethtool_features(socket, interface, &list, &count)
    defer { fs_netlink_free_list(list) }
    if code != 0 { throw SystemError("read offload features of", interface, number: code) }
    return UnsafeBufferPointer(start: list, count: list == nil ? 0 : count).map { OffloadFeature($0) }
  }

  /// Wishes features on or off, all in one request. Those that the driver does not have or does not let go of are
  /// left; look at `features` for what came of it.
  public func setFeatures(_ wishes: [String: Bool], of interface: String) throws(SystemError) {
    if wishes.isEmpty { return }
    let untouched: UInt8 = 2
    let values = try features(of: interface).map { feature -> UInt8 in
      guard feature.isChangeable, let wish = wishes[feature.name] else { return untouched }
      return wish ? 1 : 0
    }
    if values.allSatisfy({ $0 == untouched }) { return }
    let code = fs_ethtool_set_features(socket, interface, values, values.count)
    if code != 0 { throw SystemError("set offload features of", interface, number: code) }
  }

  /// - Throws: `SystemError` when there is no such interface. What a driver does not tell is nil.
  public func hardware(of interface: String) throws(SystemError) -> PortHardware {
    var driver = fs_driver()
    let code = fs_ethtool_driver(socket, interface, &driver)
    // Some virtual devices have no driver information, which is no fault.
    if code != 0, Errno(rawValue: code) != .notSupportedOnSocket {
      throw SystemError("read the driver of", interface, number: code)
    }
    var speed: Int64 = -1
    let isSpeedKnown = fs_ethtool_speed(socket, interface, &speed) == 0 && speed > 0
    var queues = fs_queues()
    let areQueuesKnown = fs_ethtool_queues(socket, interface, &queues) == 0
    return PortHardware(
      driver: code == 0 ? CText.string(driver.driver) : nil,
      speedMegabits: isSpeedKnown ? Int(speed) : nil,
      maximumQueues: areQueuesKnown ? Int(max(queues.max_combined, min(queues.max_rx, queues.max_tx))) : nil,
      queues: areQueuesKnown ? Int(max(queues.combined, min(queues.rx, queues.tx))) : nil)
  }

  /// Nil where the driver has no rings to speak of.
  public func rings(of interface: String) -> RingSizes? {
    var rings = fs_rings()
    guard fs_ethtool_rings(socket, interface, &rings) == 0 else { return nil }
    return RingSizes(
      receive: Int(rings.rx), maximumReceive: Int(rings.max_rx), transmit: Int(rings.tx),
      maximumTransmit: Int(rings.max_tx))
  }
}
