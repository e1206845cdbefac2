import ConfigurationFile
import SwitchModel

/// A checked configuration and the text that it came from.
struct LoadedConfiguration: Sendable {
  var configuration: SwitchConfiguration
  var text: [UInt8]

  init(configuration: SwitchConfiguration, text: [UInt8]) {
    self.configuration = configuration
    self.text = text
  }

  init(_ file: ConfigurationFile) {
    self.init(configuration: file.configuration, text: file.bytes)
  }

  /// - Parameter name: what faults call it.
  init(_ text: [UInt8], name: String) throws(ConfigurationFaults) {
    self.init(try ConfigurationFile(bytes: text, file: name))
  }
}
