import FoundationEssentials

/// The one form of our JSON: compact, keys in alphabetical order so that two answers can be compared as text.
enum JSON {
  static func encode(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Rows hold integers, texts and truth values: there is nothing that JSON cannot say.
    return (try? encoder.encode(value)).map { Array($0) } ?? Array("null".utf8)
  }

  static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
    try JSONDecoder().decode(type, from: Data(bytes))
  }
}
