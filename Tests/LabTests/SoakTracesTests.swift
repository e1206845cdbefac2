import Testing

@testable import Lab

@Suite("soak: what a switch may leave behind, which is nothing")
struct SoakTracesTests {
  @Test("what is more and what is less is told, by topic")
  func differences() {
    let found = KernelState(topics: ["rules": ["0: from all lookup local"], "links": ["lo", "sw-s1"]])
    #expect(found.differences(from: found) == [])
    let now = KernelState(topics: [
      "rules": ["0: from all lookup local", "100: from all lookup 77"], "links": ["lo"],
    ])
    #expect(now.differences(from: found) == ["links: no more sw-s1", "rules: 100: from all lookup 77"])
  }

  @Test("routes that come with addresses and go with links do not count, others do")
  func routes() {
    #expect(
      KernelState.routes([
        "local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1",
        "fe80::/64 dev sw-r1 proto kernel metric 256 pref medium",
        "10.0.0.0/8 dev fs-lab table 77 proto static scope link linkdown",
      ]) == ["10.0.0.0/8 dev fs-lab table 77 proto static scope link"])
  }

  @Test("of links what a switch may change: not their state, which follows the cable's other end")
  func links() {
    let up =
      "7: sw-r1@if6: <BROADCAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000\\    "
      + "link/ether aa:bb:cc:dd:ee:ff brd ff:ff:ff:ff:ff:ff link-netns x promiscuity 0 allmulti 0 minmtu 68"
    let down = up.replacing("7: sw-r1@if6", with: "9: sw-r1@if8").replacing("state UP", with: "state DOWN")
    #expect(KernelState.links([up]) == ["sw-r1 qdisc noqueue mtu 1500 promiscuity 0 allmulti 0"])
    #expect(KernelState.links([down]) == KernelState.links([up]))
    for (from, to) in [
      ("promiscuity 0", "promiscuity 1"), ("mtu 1500 ", "mtu 1500 xdp "), ("noqueue", "fq"),
      ("mtu 1500", "mtu 1400"),
    ] {
      #expect(KernelState.links([up.replacing(from, with: to)]) != KernelState.links([up]), "\(to)")
    }
  }

  @Test("addresses and queues less what is drawn when a link is made")
  func drawn() {
    #expect(
      KernelState.addresses([
        "2: sw-s1    inet6 fe80::1c2d:3eff:fe4f:5/64 scope link \\       valid_lft forever",
        "3: fs-lab    inet 10.50.0.254/24 scope global fs-lab",
      ]) == ["fs-lab 10.50.0.254/24"])
    #expect(
      KernelState.queues([
        "qdisc noqueue 0: dev lo root refcnt 2", "qdisc clsact ffff: dev sw-s1 parent ffff:fff1 ",
      ]) == ["noqueue lo", "clsact sw-s1"])
  }

  @Test("a program's and a map's number, of what the kernel says of a descriptor")
  func numbers() {
    #expect(SoakTraces.number("prog_id:", "prog_id:\t142") == 142)
    #expect(SoakTraces.number("map_id:", "map_id:\t7") == 7)
    #expect(SoakTraces.number("map_id:", "prog_id:\t142") == nil)
    #expect(SoakTraces.number("map_id:", "map_id:\tx") == nil)
  }
}
