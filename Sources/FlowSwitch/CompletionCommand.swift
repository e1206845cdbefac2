import ArgumentParser
import CommandReference

extension CompletionShellName: ExpressibleByArgument {}

struct CompletionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion",
    abstract: "Prints a completion script for a shell.",
    discussion: """
      Examples:
        flowswitch completion bash > /etc/bash_completion.d/flowswitch
        flowswitch completion zsh > /usr/local/share/zsh/site-functions/_flowswitch
        flowswitch completion fish > ~/.config/fish/completions/flowswitch.fish
      """)

  @Argument(help: "The shell: bash, zsh or fish.")
  var shell: CompletionShellName

  func run() async throws {
    try Console.current.write(CompletionScripts.script(of: FlowSwitchCommand.self, for: shell))
  }
}
