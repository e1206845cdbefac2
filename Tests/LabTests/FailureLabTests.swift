import Lab
import Testing

extension LabTests {
  @Suite("servers fail, datapath xdp", .serialized, .lab(.xdp))
  struct Failures {
    @Test(
      "H12 X8 a server fails and returns: nothing of the others breaks, only its buckets move",
      arguments: Fault.allCases)
    func survives(_ fault: Fault) throws { try verify { try $0.survives(fault) } }

    @Test("H12 nginx is killed and started again")
    func nginx() throws { try verify { try $0.nginxIsKilled() } }

    @Test("X5 draining breaks nothing and ends by itself")
    func draining() throws { try verify { try $0.drainsWithoutBreaking() } }

    @Test("X5 slow start: a share grows in steps")
    func slowStart() throws { try verify { try $0.startsSlowly() } }

    @Test("H11 all members fail: a reason for every drop, the member of last resort serves, all comes back")
    func outage() throws { try verify { try $0.allFail() } }

    @Test("H12 a server that flaps is kept out for a while")
    func damping() throws { try verify { try $0.flappingIsDamped() } }

    @Test("H11 an availability cluster: succession in order, no pre-emption, a primary that fails twice")
    func succession() throws { try verify { try $0.succession() } }

    @Test("H11 an availability cluster whose members all fail, and come back")
    func availabilityOutage() throws { try verify { try $0.allOfAvailabilityFail() } }
  }

  @Suite("servers fail, datapath pcap", .serialized, .lab(.pcap))
  struct FailuresPcap {
    @Test(
      "H12 X8 a server fails and returns: nothing of the others breaks, only its buckets move",
      arguments: [Fault.program, .link])
    func survives(_ fault: Fault) throws { try verify { try $0.survives(fault) } }
  }
}
