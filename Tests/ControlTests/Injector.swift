import LinuxPlatform
import Support
import Wire

/// Sends frames as one of a site's hosts would, byte for byte.
struct Injector: ~Copyable {
  private let injector: PacketInjector

  init(_ site: Site, host: String = "r") throws {
    injector = try inNamespace("\(site.name)-\(host)") { try PacketInjector(interface: "eth0") }
  }

  /// Sends it so many times, however long the queue takes.
  func send(_ frame: TestFrame, count: Int = 1) throws {
    for _ in 0..<count {
      while try frame.bytes.withUnsafeBytes({ try injector.send($0) }) != .sent {}
    }
  }
}
