import Testing
import Wire

@testable import LinuxPlatform

@Suite("The switch's own interface: names")
struct OwnInterfaceNameTests {
  @Test(
    "names fit",
    arguments: ["fs1", "elevenbytes", "twelve-bytes", "a/b", "ümlaut", "", "a name with spaces", "1:2"])
  func names(switchName: String) {
    let (host, port) = (OwnInterface.hostName(switchName), OwnInterface.portName(switchName))
    #expect(InterfaceName.isValid(host), "\(host)")
    #expect(InterfaceName.isValid(port), "\(port)")
    #expect(host.dropFirst(3) == port.dropFirst(4))
    #expect(OwnInterface.hostName(switchName) == host)
  }

  @Test func shortNamesAreKeptAndLongOnesToldApart() {
    #expect(OwnInterface.hostName("fs1") == "fs-fs1")
    #expect(OwnInterface.portName("elevenbytes") == "fsp-elevenbytes")
    #expect(OwnInterface.portName("datacentre-one") != OwnInterface.portName("datacentre-two"))
    // Fixed for ever: an upgraded daemon must find what the old one made.
    #expect(
      OwnInterface.portName("datacentre-one") == "fsp-data-"
        + OwnInterface.portName("datacentre-one").suffix(6))
  }

  @Test("valid names", arguments: ["eth0", "a", "eth0.100", "fifteen-bytes-x", "ünd"])
  func valid(name: String) { #expect(InterfaceName.isValid(name)) }

  @Test(
    "names that the kernel refuses",
    arguments: ["", ".", "..", "a b", "a/b", "a:b", "sixteen-bytes-xx", "a\0b"])
  func invalid(name: String) { #expect(!InterfaceName.isValid(name)) }
}

@Suite("The switch's own interface", .enabled(if: Namespace.isRoot, Namespace.reason))
struct OwnInterfaceTests {
  private let mac = MACAddress(2, 0xf5, 0, 0, 0, 0xfe)

  @Test func itIsMadeAdoptedAndRemoved() throws {
    try Namespace.new {
      let v4 = try #require(IPPrefix("10.50.0.254/24"))
      let v6 = try #require(IPPrefix("fd50::fe/64"))
      #expect(try OwnInterface.find(switchName: "t1") == nil)
      let made = try OwnInterface.ensure(switchName: "t1", mac: mac, addresses: [v4, v6], mtu: 1400)
      #expect(!made.isAdopted)
      #expect(made.host.name == "fs-t1")
      #expect(made.port.name == "fsp-t1")
      #expect(made.host.mac == mac)
      #expect(made.host.mtu == 1400)
      #expect(made.port.mtu == 1400)
      #expect(made.host.isUp)
      #expect(made.port.flags.contains([.up, .promiscuous, .noARP]))
      let session = try NetlinkSession()
      // No link-local address beside them: none is generated.
      #expect(Set(try session.addresses(of: made.host.index).map(\.address)) == [v4, v6])
      #expect(try session.addresses(of: made.port.index) == [])
      #expect(try Sysctl.ipv6("accept_ra", of: "fs-t1").read() == "0")
      #expect(try Sysctl.ipv6("disable_ipv6", of: "fsp-t1").read() == "1")
      #expect(try Sysctl.ipv4("arp_ignore", of: "fs-t1").read() == "1")

      // Adopted as it is, but for what is wanted otherwise now.
      let v4b = try #require(IPPrefix("10.50.0.253/24"))
      let adopted = try OwnInterface.ensure(
        switchName: "t1", mac: MACAddress(2, 0xf5, 0, 0, 0, 0xfd), addresses: [v4b, v6])
      #expect(adopted.isAdopted)
      #expect(adopted.host.index == made.host.index)
      #expect(adopted.host.mac == MACAddress(2, 0xf5, 0, 0, 0, 0xfd))
      #expect(Set(try session.addresses(of: made.host.index).map(\.address)) == [v4b, v6])
      #expect(try OwnInterface.find(switchName: "t1")?.port.index == made.port.index)

      #expect(try OwnInterface.remove(switchName: "t1"))
      #expect(try !OwnInterface.remove(switchName: "t1"))
      #expect(try session.links().map(\.name) == ["lo"])
    }
  }

  @Test func nothingIsLeftToAHardwareThatIsNotThere() throws {
    try Namespace.new {
      _ = try OwnInterface.ensure(switchName: "t1", mac: mac)
      let active = Set(try Ethtool().features(of: "fs-t1").filter(\.isActive).map(\.name))
      for name in [
        "tx-checksum-ip-generic", "tx-tcp-segmentation", "tx-generic-segmentation", "tx-vlan-hw-insert",
      ] {
        #expect(!active.contains(name), "\(name)")
      }
      #expect(active.contains("rx-gro"))
    }
  }

  @Test(
    "strict reverse path filtering is loosened, none stays none",
    arguments: [("0", "0"), ("1", "2"), ("2", "2")])
  func reversePath(all: String, expected: String) throws {
    try Namespace.new {
      try Sysctl.ipv4("rp_filter", of: "all").write(all)
      _ = try OwnInterface.ensure(switchName: "t1", mac: mac)
      #expect(try Sysctl.ipv4("rp_filter", of: "fs-t1").read() == expected)
    }
  }

  @Test func anotherInterfaceOfThatNameIsNotTouched() throws {
    try Namespace.new {
      try ip("link add fs-t1 type bridge")
      #expect(throws: OwnInterfaceError.notOurs("fs-t1")) {
        try OwnInterface.ensure(switchName: "t1", mac: mac)
      }
      #expect(throws: OwnInterfaceError.notOurs("fs-t1")) { try OwnInterface.remove(switchName: "t1") }
      try ip("link del fs-t1")
      try ip("link add fsp-t1 type bridge")
      #expect(throws: OwnInterfaceError.notOurs("fsp-t1")) {
        try OwnInterface.ensure(switchName: "t1", mac: mac)
      }
      try ip("link del fsp-t1")
      try ip("link add fs-t1 type veth peer name elsewhere")
      #expect(throws: OwnInterfaceError.notOurs("fs-t1")) { try OwnInterface.remove(switchName: "t1") }
    }
  }

  @Test func aSwitchOfLongNameHasItsInterfaceToo() throws {
    try Namespace.new {
      let name = "a-switch-with-a-rather-long-name"
      let made = try OwnInterface.ensure(switchName: name, mac: mac)
      #expect(made.host.name == OwnInterface.hostName(name))
      #expect(try OwnInterface.remove(switchName: name))
    }
  }
}
