import Lab
import SwitchModel
import Testing

extension LabTests {
  @Suite("datapath tc", .serialized, .lab(.tc))
  struct TC {
    @Test("the switch runs the datapath that was asked for")
    func datapath() throws {
      let lab = try #require(LabTrait.lab)
      #expect(try lab.version().datapath == "tc")
    }

    @Test("H3 routers and hosts see the virtual MAC for the shared addresses")
    func virtualMAC() throws { try verify { try $0.virtualMACAnswers() } }

    @Test("H4 servers with nothing but the shared address serve clients of both networks, all of them")
    func spread() throws { try verify { try $0.clientsAreSpread() } }

    @Test("H1 a connection stays with its server, and a large page arrives whole")
    func connection() throws { try verify { try $0.connectionStays() } }

    @Test("H1 H5 only the destination MAC changes, nothing is lost, doubled or seen twice")
    func frames() throws { try verify { try $0.onlyDestinationMACChanges() } }

    @Test("H2 ESP and a protocol without ports pass, one server a source")
    func portless() throws { try verify { try $0.portlessProtocolsPass() } }

    @Test("H2 X1 ping, IPv4 and IPv6")
    func ping() throws { try verify { try $0.pingWorks() } }

    @Test("H2 X1 DNS over UDP is spread over all servers")
    func dns() throws { try verify { try $0.dnsIsSpread() } }

    @Test("H6 a second cluster on the same ports: iperf3 both ways")
    func iperf() throws { try verify { try $0.iperfWorks() } }

    @Test("X3 fragments of a datagram stay together")
    func fragments() throws { try verify { try $0.fragmentsStayTogether() } }

    @Test("X4 ICMP errors find the server whose connection they are about")
    func errors() throws { try verify { try $0.errorsFindTheirServer() } }

    @Test("H7 an ordinary host talks to everyone")
    func ordinary() throws { try verify { try $0.ordinaryHostTalks() } }

    @Test("H3 servers hear nothing of each other, duplicate address detection included")
    func isolation() throws { try verify { try $0.serversAreIsolated() } }

    @Test("H3 H4 servers resolve their router, and no neighbour learns their MACs")
    func outward() throws { try verify { try $0.serversTalkOutward() } }

    @Test("H8 members and ports count")
    func counters() throws { try verify { try $0.countersCount() } }

    @Test("X7 the daemon is killed and restarted: no packet lost, no connection broken")
    func restart() throws { try verify { try $0.daemonRestartLosesNothing() } }
  }
}
