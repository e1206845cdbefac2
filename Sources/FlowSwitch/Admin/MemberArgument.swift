import ArgumentParser

/// `CLUSTER/MEMBER` or `POOL/ROUTER`.
struct MemberArgument: ExpressibleByArgument {
  var name: String

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    name = argument
  }
}
