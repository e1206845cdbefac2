import ArgumentParser
import ConfigurationFile

struct SchemaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Prints the JSON Schema of the configuration.",
    discussion: """
      Draft 2020-12, for editors and other programs. It refuses nothing that `run` would take; `flowswitch check` also \
      finds what a schema cannot say.

      Examples:
        flowswitch schema > flowswitch.schema.json
        flowswitch schema --markdown > configuration-reference.md
      """)

  @Flag(help: "Print the reference of all keys, in Markdown.")
  var markdown = false

  func run() async throws {
    try Console.current.write(markdown ? ConfigurationSchema.markdown : ConfigurationSchema.json)
  }
}
