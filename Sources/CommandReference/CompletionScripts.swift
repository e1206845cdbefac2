public import ArgumentParser

/// Shells for which there are completion scripts.
public enum CompletionShellName: String, CaseIterable, Sendable {
  case bash, zsh, fish
}

public enum CompletionScripts {
  /// The script for all commands of a tree; the shell reads it.
  public static func script(of root: any ParsableCommand.Type, for shell: CompletionShellName) -> String {
    let text =
      switch shell {
      case .bash: root.completionScript(for: .bash)
      case .zsh: root.completionScript(for: .zsh)
      case .fish: root.completionScript(for: .fish)
      }
    return text.hasSuffix("\n") ? text : text + "\n"
  }
}
