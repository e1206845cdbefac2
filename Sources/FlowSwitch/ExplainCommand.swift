import ArgumentParser
import Management
import SwitchModel

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Tells what the datapath would do with a packet, and why: table by table.",
    discussion: """
      Nothing is sent and nothing is counted. An IPv6 address with a port stands in brackets.

      Examples:
        flowswitch explain 10.10.0.5:40000 10.50.0.100:80 --syn
        flowswitch explain 10.50.0.11:443 10.10.0.5:40000 --port sw-s1
        flowswitch explain '[fd10::5]:40000' '[fd50::100]:443' --protocol udp --json
      """)

  @Argument(help: ArgumentHelp("The packet's source: SRC or SRC:PORT.", valueName: "src"))
  var source: String

  @Argument(help: ArgumentHelp("The packet's destination: DST or DST:PORT.", valueName: "dst"))
  var destination: String

  @Option(name: .customLong("protocol"), help: ArgumentHelp("A name or a number.", valueName: "name"))
  var protocolName = "tcp"

  @Option(
    help: ArgumentHelp(
      "The port that it comes in on. (default: where the source is, or the first router's)", valueName: "name"
    ))
  var port: String?

  @Flag(help: "A TCP segment that begins a connection.")
  var syn = false

  @Option(help: ArgumentHelp("The VLAN of the packet; 0: untagged.", valueName: "id"))
  var vlan = 0

  @Flag(name: [.customShort("j"), .long], help: "JSON, as the daemon sends it.")
  var json = false

  @Option(help: "Colours: auto (on a terminal, unless NO_COLOR is set), always or never.")
  var color = ColourArgument.auto

  @OptionGroup var daemon: SocketOption

  func run() async throws {
    let console = Console.current
    let question: ExplainQuestion
    do throws(QuestionError) {
      question = try ExplainQuestion(
        source: source, destination: destination, protocolText: protocolName, port: port, begins: syn,
        vlan: vlan)
    } catch {
      throw CommandFailure(.usage, error.description)
    }
    let client = try await daemon.client()
    let answer: (value: Explanation, json: [UInt8])
    do throws(ControlClientError) {
      answer = try await client.explain(question)
    } catch {
      throw CommandFailure(error)
    }
    if json { return try console.write(answer.json + [UInt8(ascii: "\n")]) }
    try console.write(Tables.text(of: answer.value, colour: color.applies(to: console)))
  }
}
