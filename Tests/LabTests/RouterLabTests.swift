import Lab
import Testing

extension LabTests {
  @Suite("a pool of routers, one router a server", .serialized, .lab(.xdp, .routers))
  struct Routers {
    @Test("H9 X1 servers with one default router are given four")
    func spread() throws { try verify { try $0.routersAreSpread() } }

    @Test("H9 all four carry outward traffic, IPv4 and IPv6", arguments: [0, 1])
    func carry(family: Int) throws { try verify { try $0.routersAllCarry(family: family) } }

    @Test(
      "H10 a router fails and returns: no connection breaks", arguments: [Fault.namespace, .link, .blackhole])
    func fails(_ fault: Fault) throws { try verify { try $0.routerFails(fault) } }
  }

  @Suite("a pool of routers, flow by flow", .serialized, .lab(.xdp, .routersPerFlow))
  struct RoutersPerFlow {
    @Test("H9 X1 servers get the pool's virtual MAC for any router of it")
    func virtualMAC() throws { try verify { try $0.poolHasVirtualMAC() } }

    @Test("H9 all four carry outward traffic")
    func carry() throws { try verify { try $0.routersAllCarry() } }

    @Test("H10 a router fails and returns: no connection breaks")
    func fails() throws { try verify { try $0.routerFails(.namespace) } }
  }
}
