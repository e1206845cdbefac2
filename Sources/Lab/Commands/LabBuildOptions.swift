import ArgumentParser

extension LabDatapath: ExpressibleByArgument {}

/// What `lab up` and `lab demo` have in common.
struct LabBuildOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The lab's name; unset: lab, lab2, …: the first that is free.", valueName: "name"))
  var name: String?

  @Option(
    help: ArgumentHelp("The switch's datapath: auto, xdp, xdp-generic, tc or pcap.", valueName: "datapath"))
  var datapath: LabDatapath = .auto

  @Option(help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"))
  var color: ColorChoice = .auto
}
