extension Reason {
  /// The name in metrics, JSON and manual: the code's, with hyphens (`samePort`: `same-port`).
  public var name: String {
    switch self {
    case .runt: "runt"
    case .badSource: "bad-source"
    case .ownSource: "own-source"
    case .linkLocal: "link-local"
    case .samePort: "same-port"
    case .portDown: "port-down"
    case .tooBig: "too-big"
    case .queueFull: "queue-full"
    case .noHeadroom: "no-headroom"
    case .noCluster: "no-cluster"
    case .wrongVLAN: "wrong-vlan"
    case .notIP: "not-ip"
    case .wrongAddress: "wrong-address"
    case .malformedIP: "malformed-ip"
    case .headerChain: "header-chain"
    case .noService: "no-service"
    case .noMember: "no-member"
    case .fragmentEarly: "fragment-early"
    case .badQuote: "bad-quote"
    case .puntLimit: "punt-limit"
    case .strayRouter: "stray-router"
    case .deadRouter: "dead-router"
    case .claim: "claim"
    case .question: "question"
    case .defend: "defend"
    }
  }
}
