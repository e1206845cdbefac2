import ArgumentParser

/// Checks the pipeline in the kernel against the one in the daemon, and measures it.
@main
struct PipelineCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pipeline-check",
    abstract: "The forwarding pipeline's two targets: do they agree, how fast are they?",
    subcommands: [DifferentialCommand.self, SpeedCommand.self, CaptureCostCommand.self])
}
