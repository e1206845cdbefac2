/// What happens to the world around the switch in a round of the soak.
enum SoakFault: Hashable, Sendable, CustomStringConvertible {
  case server(Fault, LabHost)
  /// A server's link goes down and up again, so many times, as fast as the kernel takes it.
  case flap(LabHost, times: Int)
  /// The router's cable is cut.
  case router(LabHost)
  /// The same again and again.
  case routerFlap(LabHost, times: Int)
  /// A router of the servers' pool fails.
  case pool(Fault, LabHost)
  case poolFlap(LabHost, times: Int)

  static func random(using generator: inout SeededGenerator) -> SoakFault {
    let server = LabHost.servers.randomElement(using: &generator) ?? .s1
    let router = LabHost.routers.randomElement(using: &generator) ?? .r1
    let times = Int.random(in: 10...100, using: &generator)
    let fault = generator.pick([
      (3, Fault.program), (3, .link), (2, .blackhole), (1, .namespace), (1, .late), (1, .wrong),
    ])
    let ofPool = LabHost.pool.randomElement(using: &generator) ?? .p1
    let poolFault = generator.pick([(2, Fault.link), (2, .blackhole), (1, .namespace)])
    let kind = generator.pick([
      (6, SoakFault.server(fault ?? .link, server)), (2, .flap(server, times: times)), (1, .router(router)),
      (1, .routerFlap(router, times: times)), (3, .pool(poolFault ?? .link, ofPool)),
      (1, .poolFlap(ofPool, times: times)),
    ])
    return kind ?? .router(router)
  }

  /// What fails.
  var host: LabHost {
    switch self {
    case .server(_, let host), .flap(let host, _), .router(let host), .routerFlap(let host, _),
      .pool(_, let host), .poolFlap(let host, _):
      host
    }
  }

  /// Whose connections may break. A router's stand still, and go on; those by the pool's go by another.
  var victim: LabHost? {
    switch self {
    case .server(_, let host), .flap(let host, _): host
    case .router, .routerFlap, .pool, .poolFlap: nil
    }
  }

  /// A member that the switch takes out, and says so.
  var failing: LabHost? {
    if case .server(_, let host) = self { host } else { nil }
  }

  /// A router of the pool, of which the same holds.
  var failingRouter: LabHost? {
    if case .pool(_, let host) = self { host } else { nil }
  }

  var description: String {
    switch self {
    case .server(let fault, let host): "\(host): \(fault.text)"
    case .flap(let host, let times): "\(host): its link flaps \(times) times"
    case .router(let host): "\(host): its cable is cut"
    case .pool(let fault, let host): "router \(host): \(fault.text)"
    case .routerFlap(let host, let times), .poolFlap(let host, let times):
      "\(host): its link flaps \(times) times"
    }
  }
}
