import ArgumentParser

struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows what the running switch sees and does.",
    discussion: """
      A table for people, or with --json an array of objects for programs.

      Examples:
        flowswitch show clusters
        flowswitch show members --cluster web --json
        flowswitch show flows --for 5s
        flowswitch show stations --port sw-s1 --vlan 20
        flowswitch show events --limit 20 --follow
      """,
    subcommands: [
      ShowPorts.self, ShowClusters.self, ShowMembers.self, ShowBuckets.self, ShowFlows.self,
      ShowStations.self, ShowARP.self, ShowDrops.self, ShowRouters.self, ShowProbes.self, ShowEvents.self,
      ShowVersion.self,
    ])
}
