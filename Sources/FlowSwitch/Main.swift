import Glibc

@main
enum Main {
  static func main() async {
    // A reader that goes away is an error of write(), not the end of the process: a daemon must outlive it, and a
    // command end quietly.
    signal(SIGPIPE, SIG_IGN)
    let status = await FlowSwitchCommand.execute(Array(CommandLine.arguments.dropFirst()))
    exit(status.rawValue)
  }
}
