import LinuxPlatform
import SwitchModel
import Testing
import Wire

@testable import Doctor

@Suite("Doctor")
struct FindingTests {
  private func examine(
    _ datapath: DatapathChoice = .auto, _ change: (inout FakeMachine) -> Void = { _ in }
  ) throws -> [Finding] {
    var machine = FakeMachine()
    change(&machine)
    return Doctor(machine).examine(try FakeMachine.configuration(datapath))
  }

  @Test("a fine machine is fine", arguments: DatapathChoice.allCases)
  func fine(datapath: DatapathChoice) throws {
    let findings = try examine(datapath)
    #expect(findings.filter { $0.level != .ok } == [])
    #expect(Doctor.isFit(findings))
    #expect(DoctorReport(findings).summary == "it will work")
  }

  private static func offload(_ name: String, isChangeable: Bool) -> [OffloadFeature] {
    [OffloadFeature(name: name, isChangeable: isChangeable, isRequested: true, isActive: true)]
  }

  private static let veth: @Sendable (inout FakeMachine) -> Void = { machine in
    machine.links[2] = FakeMachine.link(3, "e2", kind: "veth")
    machine.links[2].lower = 4
    machine.links.append(FakeMachine.link(4, "s1", kind: "veth"))
    machine.links[3].lower = 3
    machine.hardware["e2"] = PortHardware(driver: "veth", speedMegabits: 10000, maximumQueues: 4, queues: 1)
    machine.features["s1"] = offload("rx-gro", isChangeable: true)
  }

  static let cases: [Case] = [
    // The kernel.
    Case("old kernel, xdp wanted", .xdp, "fault kernel-version kernel", mend: "linux-image") {
      $0.files["/proc/sys/kernel/osrelease"] = "5.10.0-30-amd64"
    },
    Case("old kernel, auto", "warning kernel-version kernel", mend: "linux-image") {
      $0.files["/proc/sys/kernel/osrelease"] = "5.4.0"
    },
    Case("old kernel, pcap", .pcap, "ok kernel-version kernel") {
      $0.files["/proc/sys/kernel/osrelease"] = "4.19.0"
    },
    Case("a release that is none", "warning kernel-version kernel") {
      $0.files["/proc/sys/kernel/osrelease"] = "\u{1b}[2J"
    },
    Case("no release", "warning kernel-version kernel") { $0.files["/proc/sys/kernel/osrelease"] = nil },
    Case("no JIT", "warning bpf-jit kernel", mend: "sysctl -w net.core.bpf_jit_enable=1") {
      $0.files["/proc/sys/net/core/bpf_jit_enable"] = "0"
    },
    Case("no BPF filesystem, root", .xdp, "note bpf-filesystem kernel", mend: "mount -t bpf") {
      $0.isBPFMounted = false
    },
    Case("no BPF filesystem, a service", .xdp, "fault bpf-filesystem kernel", mend: "mount -t bpf") {
      $0.isBPFMounted = false
      $0.capabilities = Capabilities(effective: 0xc0_0000_3000)
    },
    Case("no BPF at all", "warning bpf-filesystem kernel", mend: "linux-image") {
      $0.isBPFMounted = false
      $0.directories["/sys/fs"] = ["cgroup"]
    },
    Case("another mount namespace", "warning mount-namespace kernel", mend: "nsenter") {
      $0.isHostsMountNamespace = false
    },
    Case("little locked memory, old kernel", .xdp, "fault locked-memory kernel", mend: "ulimit -l unlimited")
    {
      $0.files["/proc/sys/kernel/osrelease"] = "5.10.0"
      $0.files["/proc/self/limits"] =
        "Limit   Soft Limit  Hard Limit  Units\nMax locked memory         65536                65536                bytes"
    },
    Case("no capabilities", "warning capabilities kernel", mend: "sudo") {
      $0.capabilities = Capabilities(effective: 0)
    },
    Case("strict reverse paths", "note rp-filter kernel") {
      $0.files["/proc/sys/net/ipv4/conf/all/rp_filter"] = "1"
    },
    // Ports.
    Case("a missing port", "warning exists port e2", mend: "ip -br link") { $0.links.removeLast() },
    Case("no port at all", "fault exists port e1", mend: "ip -br link") { $0.links.removeLast(2) },
    Case("no Ethernet", "fault ethernet port e2", mend: "ip -br link") { $0.links[2].isEthernet = false },
    Case("in a bridge", "fault master port e1", mend: "ip link set dev e1 nomaster") {
      $0.links.append(FakeMachine.link(9, "br0", kind: "bridge"))
      $0.links[1].master = 9
    },
    Case("in something unknown", "fault master port e1", mend: "nomaster") { $0.links[1].master = 99 },
    Case("a VLAN interface on it", "warning upper port e1", mend: "ip link delete e1.5") {
      $0.links.append(FakeMachine.link(9, "e1.5", kind: "vlan"))
      $0.links[3].lower = 2
    },
    Case("a bond as port", "note kind port e1") { $0.links[1].kind = "bond" },
    Case("the default route", "fault management port e1", mend: "ip route show default") {
      guard let everything = IPPrefix("0.0.0.0/0") else { return }
      $0.routes = [Route(destination: everything, interface: 2, origin: .boot)]
    },
    Case("an address of the host", "warning address port e2", mend: "ip address delete 10.0.0.1/24 dev e2") {
      guard let address = IPPrefix("10.0.0.1/24") else { return }
      $0.addresses = [InterfaceAddress(interface: 3, address: address)]
    },
    Case("no carrier", "warning carrier port e1", mend: "ethtool e1") { $0.links[1].carrier = false },
    Case("down", "note carrier port e1") { $0.links[1].flags = [] },
    Case("speeds", "note speeds ports") {
      $0.hardware["e2"] = PortHardware(driver: "ice", speedMegabits: 1000, maximumQueues: 4, queues: 4)
    },
    // Drivers.
    Case("no native XDP, auto", "note native-xdp port e1") {
      $0.declared[2] = []
      $0.hardware["e1"]?.driver = "e1000e"
    },
    Case("no native XDP, xdp", .xdp, "fault native-xdp port e1", mend: "datapath: auto") {
      $0.declared[2] = nil
      $0.hardware["e1"]?.driver = "e1000e"
    },
    Case("runs, does not send", "fault native-xdp port e1", mend: "xdp-generic") {
      $0.hardware["e1"]?.driver = "mlx4_en"
    },
    Case("runs, does not say that it sends", "warning native-xdp port e1", mend: "xdp-generic") {
      $0.hardware["e1"]?.driver = "newnic"
    },
    Case("an unknown driver that declares all", "ok native-xdp port e1") {
      $0.hardware["e1"]?.driver = "newnic"
      $0.declared[2] = [.basic, .redirect, .transmit]
    },
    Case("an old kernel and a known driver", "ok native-xdp port e1") { $0.declared[2] = nil },
    Case("another XDP program", "fault xdp-program port e1", mend: "ip link set dev e1 xdp off") {
      $0.programs[2] = AttachedProgram(id: 7, name: "xdp_filter")
    },
    Case("a switch's program", "note xdp-program port e1", mend: "show version") {
      $0.programs[2] = AttachedProgram(id: 7, name: "flowswitch_xdp")
    },
    // Offloads, veths.
    Case("LRO that stays", "warning offload port e1", mend: "datapath: pcap") {
      $0.features["e1"] = offload("rx-lro", isChangeable: false)
    },
    Case("GRO that goes", "note offload port e1") {
      $0.features["e1"] = offload("rx-gro", isChangeable: true)
    },
    Case("segmentation that stays", "note offload port e1", mend: "datapath: pcap") {
      $0.features["e1"] = offload("tx-tcp-segmentation", isChangeable: false)
    },
    Case("a veth whose peer has no GRO", "warning veth-gro port e2", mend: "ethtool -K s1 gro on") {
      veth(&$0)
      $0.features["s1"] = offload("highdma", isChangeable: false)
    },
    Case("a veth whose peer leaves checksums", "warning veth-checksum port e2", mend: "ethtool -K s1 tx off")
    {
      veth(&$0)
      $0.features["s1"]? += offload("tx-checksum-ip-generic", isChangeable: true)
    },
    Case("a veth whose peer is elsewhere", "note veth-peer port e2", mend: "gro on tx off") {
      veth(&$0)
      $0.links[2].isLowerForeign = true
    },
    // Queues, rings, MTU.
    Case("one queue of four", "note queues port e1", mend: "ethtool -L e1 combined 4") {
      $0.hardware["e1"]?.queues = 1
    },
    Case("ena without spare queues", "warning queues port e1", mend: "ethtool -L e1 combined 2") {
      $0.hardware["e1"]?.driver = "ena"
    },
    Case("virtio without spare queues", "note queues port e1") { $0.hardware["e1"]?.driver = "virtio_net" },
    Case(
      "one CPU serves all", "warning interrupts port e1",
      mend: "echo 0 > /proc/irq/40/smp_affinity_list\necho 1 > /proc/irq/41/smp_affinity_list"
    ) {
      $0.files["/proc/interrupts"] =
        "      CPU0  CPU1\n 39:  1  0  PCI-MSI 1-edge  e1\n 40:  9  0  PCI-MSI 2-edge  ice-e1-TxRx-0\n"
        + " 41:  9  0  PCI-MSI 3-edge  ice-e1-TxRx-1\nNMI:  0  0  Non-maskable interrupts"
      $0.files["/proc/irq/40/effective_affinity_list"] = "2"
      $0.files["/proc/irq/41/smp_affinity_list"] = "2"
    },
    Case("two CPUs serve it", "ok interrupts port e1") {
      $0.files["/proc/interrupts"] = " 40: 9 0 x e1-rx-0\n 41: 9 0 x e1-rx-1"
      $0.files["/proc/irq/40/effective_affinity_list"] = "0"
      $0.files["/proc/irq/41/effective_affinity_list"] = "1"
    },
    Case("a short ring", "note rings port e1", mend: "ethtool -G e1 rx 1024") {
      $0.rings["e1"] = RingSizes(receive: 256, maximumReceive: 4096, transmit: 256, maximumTransmit: 4096)
    },
    Case("MTUs differ", "warning mtu ports", mend: "ip link set dev e2 mtu 3000") { $0.links[1].mtu = 3000 },
    Case("less than hosts send", "warning mtu port e2", mend: "mtu 1500") { $0.links[2].mtu = 1400 },
    Case("more than a page, auto", "warning mtu port e2", mend: "mtu 1500") { $0.links[2].mtu = 9000 },
    Case("more than a page, xdp", .xdp, "fault mtu port e2", mend: "mtu 1500") { $0.links[2].mtu = 9000 },
    Case("more than a page, generic", .xdpGeneric, "warning mtu ports", mend: "ip link set dev e1 mtu 9000") {
      $0.links[2].mtu = 9000
    },
    // What is left.
    Case("a daemon that runs", "ok daemon instance fs2") {
      $0.directories["/run/flowswitch"] = ["fs2.lock", "fs2.sock", "fs2.state"]
      $0.files["/run/flowswitch/fs2.lock"] = "77"
      $0.files["/proc/77/comm"] = "flowswitch"
    },
    Case("a dead one of this name", "note leftover instance fs1") {
      $0.directories["/sys/fs/bpf/flowswitch"] = ["fs1"]
    },
    Case(
      "a dead one of another name", "warning leftover instance fs2", mend: "rm -r /sys/fs/bpf/flowswitch/fs2"
    ) {
      $0.directories["/sys/fs/bpf/flowswitch"] = ["fs2"]
      $0.directories["/run/flowswitch"] = ["fs2.state"]
      $0.files["/run/flowswitch/fs2.lock"] = "77"
      $0.files["/proc/77/comm"] = "bash"
    },
    Case(
      "an own interface without a switch", "warning leftover-interface interface fs-old",
      mend: "ip link delete fs-old"
    ) {
      $0.links += [FakeMachine.link(8, "fs-old", kind: "veth"), FakeMachine.link(9, "fsp-old", kind: "veth")]
      $0.links[3].lower = 9
    },
    Case("rules without a switch", "warning leftover-rules kernel", mend: "ip rule flush protocol 245") {
      $0.rules = [RoutingRule(isIPv6: false, mark: 1, table: 1, priority: 1)]
    },
  ]

  @Test("what is not as it should be is found, with what mends it", arguments: cases)
  func found(one: Case) throws {
    let findings = try examine(one.datapath, one.change)
    let found = findings.first { "\($0.level) \($0.check) \($0.subject)" == one.expected }
    let finding = try #require(found, "\(findings.filter { $0.level != .ok })")
    if one.mend.isEmpty { #expect(finding.mend.isEmpty) } else { #expect(finding.mend.contains(one.mend)) }
    #expect(Doctor.isFit(findings) == !findings.contains { $0.level == .fault })
    if finding.level > .note { #expect(!finding.meaning.isEmpty || finding.check == "kernel-version") }
  }

  @Test func ipv6IsMissedOnlyWhereAClusterWantsIt() throws {
    var machine = FakeMachine()
    machine.files["/proc/sys/net/ipv6/conf/all/disable_ipv6"] = "1"
    var configuration = try FakeMachine.configuration()
    #expect(!Doctor(machine).examine(configuration).contains { $0.check == "ipv6" })
    configuration.clusters = [
      ClusterConfiguration(name: "web", address: try #require(IPPrefix("2001:db8::1")), members: [])
    ]
    #expect(Doctor(machine).examine(configuration).contains { $0.check == "ipv6" && $0.level == .warning })
  }

  @Test func withoutAConfigurationInterfacesAreOnlyCandidates() throws {
    var machine = FakeMachine()
    machine.links[1].master = 9
    machine.links[2].mtu = 500
    machine.programs[3] = AttachedProgram(id: 1, name: "other")
    let findings = Doctor(machine).examine(nil)
    #expect(findings.filter { $0.level > .note } == [])
    #expect(Set(findings.map(\.check)).isSuperset(of: ["master", "mtu", "xdp-program"]))
    #expect(!findings.contains { $0.subject == "port lo" })
  }

  @Test func findingsOfAPortStandTogether() throws {
    let subjects = try examine { $0.links[1].mtu = 1400 }.map(\.subject)
    var seen: [String] = []
    for subject in subjects where seen.last != subject { seen.append(subject) }
    #expect(seen.count == Set(seen).count)
  }

  @Test func namesOfInterfacesAreNoCommands() throws {
    var machine = FakeMachine()
    machine.links[1].name = "e1;$(reboot)'"
    machine.links[1].master = 9
    let finding = try #require(Doctor(machine).examine(nil).first { $0.check == "master" })
    #expect(finding.mend == #"ip link set dev 'e1;$(reboot)'\''' nomaster"#)
  }

  @Test func namesOfInstancesAreNoCommands() throws {
    let findings = try examine {
      $0.directories["/sys/fs/bpf/flowswitch"] = ["a b", "; reboot", "..", "-rf", "\u{1b}[2J", "", "fs9"]
    }
    #expect(findings.filter { $0.check == "leftover" }.map(\.subject) == ["instance fs9"])
  }

  @Test func theReportIsPlainText() {
    let report = DoctorReport([
      Finding(.fault, "master", of: "port e\u{1b}1", "is in br0", meaning: "twice", mend: "one\ntwo"),
      Finding(.note, "carrier", of: "port e2", "is down"), Finding(.ok, "x", of: "kernel", "fine"),
    ])
    #expect(
      report.text == """
        fault    port e?1: is in br0
                 twice
                 # one
                 # two
        note     port e2: is down
        ok       kernel: fine
        it will not work: 1 fault, 1 note

        """)
  }

  @Test(
    "lists of CPUs",
    arguments: [
      ("0-3,8", [0, 1, 2, 3, 8]), ("0", [0]), ("", []), ("x", []), ("3-1", []), ("-1", []), ("1-2-3", []),
      ("0-99999999999", []), ("5,,6", [5, 6]),
    ] as [(String, Set<Int>)])
  func cpus(text: String, expected: Set<Int>) { #expect(CPUList(text).numbers == expected) }

  @Test(
    "garbage in /proc is no crash",
    arguments: ["", ":", "1", "1:", "99999999999999999999: a", " : : :\n\n1: e1-"])
  func garbage(text: String) throws {
    let findings = try examine {
      for path in [
        "/proc/interrupts", "/proc/self/limits", "/sys/devices/system/cpu/online", "/run/flowswitch/fs1.lock",
      ] { $0.files[path] = text }
      $0.directories["/run/flowswitch"] = [".state", "fs1.state", text + ".state"]
    }
    #expect(Doctor.isFit(findings))
  }

  @Test func thisMachineCanBeExamined() throws {
    let findings = Doctor(try SystemProbe()).examine(nil)
    #expect(findings.contains { $0.check == "kernel-version" })
  }
}
