import CDatapath
public import LinuxPlatform
import SystemPackage

/// This machine, in the network namespace of the calling thread.
public struct SystemProbe: Probe {
  /// Larger than /proc/interrupts of large machines.
  private static let limit = 4 * 1024 * 1024

  public let links: [Link]
  public let addresses: [InterfaceAddress]
  public let routes: [Route]
  public let rules: [RoutingRule]
  private let ethtool: Ethtool

  /// - Throws: `SystemError` where not even the interfaces can be listed.
  public init() throws(SystemError) {
    let session = try NetlinkSession()
    links = try session.links()
    addresses = (try? session.addresses()) ?? []
    routes = (try? session.routes()) ?? []
    rules = (try? session.rules()) ?? []
    ethtool = try Ethtool()
  }

  public func text(_ path: String) -> String? {
    guard
      let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
    else { return nil }
    defer { try? file.close() }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16 * 1024)
    while bytes.count < Self.limit {
      guard let count = try? piece.withUnsafeMutableBytes({ try file.read(into: $0) }) else { return nil }
      if count == 0 { break }
      bytes += piece[..<count]
    }
    return String(decoding: bytes, as: UTF8.self).trimmed
  }

  public func names(in directory: String) -> [String] { DirectoryListing.names(in: directory) }

  public func isBPFFilesystem(_ path: String) -> Bool {
    (try? BPFFilesystem(path: path).isMounted()) ?? false
  }

  public var isHostsMountNamespace: Bool? { MountNamespace.isInitial() }

  public var capabilities: Capabilities? { try? Capabilities.current() }

  public func features(of interface: String) -> [OffloadFeature] {
    (try? ethtool.features(of: interface)) ?? []
  }

  public func hardware(of interface: String) -> PortHardware? { try? ethtool.hardware(of: interface) }

  public func rings(of interface: String) -> RingSizes? { ethtool.rings(of: interface) }

  public func declaredXDP(of index: UInt32) -> XDPFeatures? { XDPFeatures.declared(byLink: index) }

  public func program(of index: UInt32) -> AttachedProgram? {
    var id: UInt32 = 0
    var mode: CInt = 0
    guard fs_bpf_xdp_query(CInt(bitPattern: index), &id, &mode) == 0, id != 0 else { return nil }
    var name = [CChar](repeating: 0, count: 64)
    let isNamed = fs_bpf_program_name(id, &name, name.count) == 0
    let text = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    return AttachedProgram(id: id, name: isNamed ? text : "")
  }
}

extension String {
  /// Without the white space around it.
  var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
