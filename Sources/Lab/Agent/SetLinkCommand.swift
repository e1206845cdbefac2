import ArgumentParser
import Glibc

/// Takes an interface down or up and says when: a program of its own, which has to start first, would blur that.
struct SetLinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set-link", abstract: "Take an interface down or up.", shouldDisplay: false)

  @Option var interface: String
  @Flag var up = false

  /// Prints the time (`WallClock`) right before the change.
  func run() throws {
    try LabCommand.reporting {
      let index = if_nametoindex(interface)
      guard index != 0 else { throw LabError.refused("no interface '\(interface)' here") }
      let raw = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue), 0)
      guard raw >= 0 else { throw LabError.refused("cannot open a netlink socket: \(errorText(errno))") }
      let control = AgentSocket(owning: raw)
      let before = WallClock.now
      if case .failed(let number) = control.write(request(index: index)) {
        throw LabError.refused("cannot change '\(interface)': \(errorText(number))")
      }
      if case .bytes(let answer) = control.read(), answer.count >= 20, answer[16..<20] != [0, 0, 0, 0] {
        throw LabError.refused("the kernel does not let '\(interface)' be changed")
      }
      print(before)
    }
  }

  /// RTM_NEWLINK with an acknowledgement (rtnetlink(7)): struct nlmsghdr, then struct ifinfomsg with IFF_UP alone in
  /// the mask of what changes.
  private func request(index: UInt32) -> [UInt8] {
    func word(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value, Array.init) }
    func half(_ value: UInt16) -> [UInt8] { withUnsafeBytes(of: value, Array.init) }
    let header = word(32) + half(16) + half(0x5) + word(1) + word(0)
    return header + [0, 0] + half(0) + word(index) + word(up ? 1 : 0) + word(1)
  }
}
