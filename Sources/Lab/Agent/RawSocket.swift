import Glibc
import Wire

/// A raw socket: of an IP protocol, or of an Ethernet interface.
struct RawSocket: ~Copyable {
  private let descriptor: Descriptor
  /// Of the Ethernet interface.
  private let index: UInt32

  static func ip(protocolNumber: UInt8, from source: IPAddress) throws -> RawSocket {
    let family = source.isIPv6 ? AF_INET6 : AF_INET
    let socket = try RawSocket(family: family, protocolNumber: Int32(protocolNumber), index: 0)
    let address = socketAddress(source)
    let bound = address.withUnsafeBytes { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        bind(socket.descriptor.raw, $0.baseAddress, socklen_t(address.count))
      }
    }
    guard bound == 0 else { throw LabError.refused("cannot send from \(source): \(errorText(errno))") }
    return socket
  }

  static func ethernet(interface: String) throws -> RawSocket {
    let index = if_nametoindex(interface)
    guard index != 0 else { throw LabError.refused("no interface '\(interface)' here") }
    return try RawSocket(family: AF_PACKET, protocolNumber: 0, index: index)
  }

  private init(family: Int32, protocolNumber: Int32, index: UInt32) throws {
    let raw = socket(family, Int32(SOCK_RAW.rawValue), protocolNumber)
    guard raw >= 0 else { throw LabError.refused("cannot open a raw socket: \(errorText(errno))") }
    descriptor = Descriptor(owning: raw)
    self.index = index
  }

  func send(_ payload: [UInt8], to destination: IPAddress) throws {
    try send(payload, to: Self.socketAddress(destination))
  }

  /// A whole frame, from its destination MAC on.
  func send(frame: [UInt8]) throws {
    // struct sockaddr_ll: family, protocol, interface, and 12 bytes that sending leaves out of account.
    let address =
      withUnsafeBytes(of: UInt16(AF_PACKET), Array.init) + [0, 0]
      + withUnsafeBytes(of: Int32(bitPattern: index), Array.init) + [UInt8](repeating: 0, count: 12)
    try send(frame, to: address)
  }

  private func send(_ bytes: [UInt8], to address: [UInt8]) throws {
    let sent = address.withUnsafeBytes { name in
      name.withMemoryRebound(to: sockaddr.self) { name in
        bytes.withUnsafeBytes {
          sendto(descriptor.raw, $0.baseAddress, $0.count, 0, name.baseAddress, socklen_t(address.count))
        }
      }
    }
    guard sent == bytes.count else { throw LabError.refused("cannot send: \(errorText(errno))") }
  }

  /// struct sockaddr_in or sockaddr_in6, port 0.
  private static func socketAddress(_ address: IPAddress) -> [UInt8] {
    let family = withUnsafeBytes(of: UInt16(address.isIPv6 ? AF_INET6 : AF_INET), Array.init)
    return address.isIPv6
      ? family + [UInt8](repeating: 0, count: 6) + address.bytes + [0, 0, 0, 0]
      : family + [0, 0] + address.bytes + [UInt8](repeating: 0, count: 8)
  }
}
