import CNetlink
import Glibc
import Synchronization
import SystemPackage
import Testing

@testable import LinuxPlatform

@Suite("Capabilities, kernel, time")
struct SystemTests {
  private func status(_ line: String) -> String {
    "Name:\tflowswitch\nUid:\t0\t0\t0\t0\nCapInh:\t0000000000000000\nCapPrm:\tffffffffffffffff\n\(line)\nSeccomp:\t0\n"
  }

  @Test(
    "missing capabilities are named",
    arguments: [
      ("CapEff:\t000001ffffffffff", []),
      ("CapEff:\t0000000000000000", [.netAdmin, .netRaw, .bpf, .perfmon]),
      ("CapEff:\t0000000000003000", [.bpf, .perfmon]),
      ("CapEff:\t000000c000001000", [.netRaw]),
      ("CapEff:\t0000000000203000", []),  // CAP_SYS_ADMIN stands for the two of BPF
      ("CapEff:\t0000000000200000", [.netAdmin, .netRaw]),
    ] as [(String, [Capability])])
  func missing(line: String, expected: [Capability]) throws {
    let capabilities = try #require(Capabilities(status: status(line)))
    #expect(capabilities.missing() == expected)
  }

  @Test(
    "what is no capability set",
    arguments: ["", "CapEff:", "CapEff:\txyz", "CapEff:\t-1", "CapEff:\t1ffffffffffffffff"])
  func unreadable(line: String) { #expect(Capabilities(status: status(line)) == nil) }

  @Test func theBitsHaveTheirNames() {
    #expect(
      Capability.allCases.map(\.name).sorted() == [
        "CAP_BPF", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_PERFMON", "CAP_SYS_ADMIN",
      ])
    #expect(Capabilities(effective: 1 << 39).contains(.bpf))
    #expect(Capabilities(effective: 1 << 38).contains(.perfmon))
  }

  @Test func thisProcessHasASet() throws { _ = try Capabilities.current() }

  @Test(
    "kernel versions",
    arguments: [
      ("6.18.44-fc-v595", 6, 18), ("5.15.0-91-generic", 5, 15), ("6.1-rc3", 6, 1), ("6.18+", 6, 18),
    ])
  func versions(release: String, major: Int, minor: Int) throws {
    let version = try #require(KernelInformation.version(of: release))
    #expect(version == (major, minor))
  }

  @Test("no kernel versions", arguments: ["", "6", "six.one", "6.x", ".5"])
  func noVersions(release: String) { #expect(KernelInformation.version(of: release) == nil) }

  @Test func thisKernelHasAVersionAndABoot() throws {
    #expect(KernelInformation.version(of: try KernelInformation.release()) != nil)
    #expect(try KernelInformation.bootID().count == 36)
  }

  @Test func timeDoesNotGoBack() {
    let time = SystemTimeSource()
    let first = time.now
    #expect(first > .zero)
    #expect(time.now >= first)
    #expect(time.wall.since1970 > .seconds(1_700_000_000))
  }

  @Test(
    "the wall clock's text",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (951_782_400_250, "2000-02-29T00:00:00.250Z"),
      (1_772_366_400_000, "2026-03-01T12:00:00.000Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
      (-1, "1969-12-31T23:59:59.999Z"),
    ] as [(Int64, String)])
  func wallText(milliseconds: Int64, text: String) {
    #expect(WallTime(since1970: .milliseconds(milliseconds)).description == text)
  }

  @Test func errorsSayWhatWasAskedAndWhy() {
    let plain = SystemError("add route", "10.0.0.0/8 in table 7", code: .fileExists)
    #expect(plain.description == "add route 10.0.0.0/8 in table 7: File exists")
    let worded = SystemError(
      "set the MTU of", "link #3", code: .invalidArgument, detail: "mtu less than device minimum")
    #expect(worded.description == "set the MTU of link #3: mtu less than device minimum (Invalid argument)")
  }

  @Test("the BPF filesystem is mounted and unmounted", .enabled(if: Namespace.isRoot, Namespace.reason))
  func bpfFilesystem() throws {
    var template = Array("/tmp/flowswitch-test-XXXXXX".utf8CString)
    let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer { rmdir(directory) }
    // In a mount namespace of its own, which only a thread of its own may enter.
    let outcome = Mutex<Result<[Bool?], any Error>?>(nil)
    let thread = try PlatformThread(name: "mounts") {
      let result = Result<[Bool?], any Error> {
        let code = fs_unshare_mounts()
        if code != 0 { throw TestFailure("unshare: \(code)") }
        let bpf = BPFFilesystem(path: directory)
        var seen: [Bool?] = [
          MountNamespace.isInitial(), try bpf.isMounted(), try bpf.mount(), try bpf.isMounted(),
        ]
        seen += [try bpf.mount()]
        try bpf.unmount()
        seen += [try bpf.isMounted()]
        do {
          try bpf.unmount()
          seen.append(true)
        } catch { seen.append(false) }
        return seen
      }
      outcome.withLock { $0 = result }
    }
    thread.join()
    let seen = try #require(outcome.withLock { $0 }).get()
    // Not the initial one; unknown where process 1 may not be looked at.
    #expect(seen.first != .some(true))
    #expect(seen.dropFirst() == [false, true, true, false, false, false])
    #expect(throws: SystemError.self) { try BPFFilesystem(path: directory + "/nope").isMounted() }
  }
}
