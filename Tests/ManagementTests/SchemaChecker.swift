import Foundation

/// As much of JSON Schema 2020-12 as the API's description uses: type, properties, required, additionalProperties,
/// items, enum, minimum, maximum, format date-time, $ref. A keyword that it does not know is a fault of its own, so that
/// nothing counts as checked that is not.
struct SchemaChecker {
  let document: [String: Any]

  static let known: Set<String> = [
    "type", "properties", "required", "additionalProperties", "items", "enum", "minimum", "maximum", "format",
    "$ref",
    "default", "description",
  ]

  /// What is wrong with the value, with its place.
  func faults(_ value: Any, _ schema: [String: Any], at place: String = "$") -> [String] {
    if let reference = schema["$ref"] as? String {
      guard let target = resolve(reference) else { return ["\(place): nothing is at \(reference)"] }
      return faults(value, target, at: place)
    }
    var result = schema.keys.filter { !SchemaChecker.known.contains($0) }.map {
      "\(place): unknown keyword \($0)"
    }
    let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map { [$0] } ?? []
    if !types.isEmpty, !types.contains(where: { SchemaChecker.fits(value, $0) }) {
      result.append("\(place): \(value) is no \(types.joined(separator: " or "))")
    }
    if let words = schema["enum"] as? [String], !words.contains(value as? String ?? "\u{0}") {
      result.append("\(place): \(value) is none of \(words)")
    }
    if let number = value as? Double {
      if let least = schema["minimum"] as? Double, number < least {
        result.append("\(place): \(value) is too small")
      }
      if let most = schema["maximum"] as? Double, number > most {
        result.append("\(place): \(value) is too large")
      }
    }
    if schema["format"] as? String == "date-time", let text = value as? String,
      text.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/#) == nil
    {
      result.append("\(place): '\(text)' is no time")
    }
    if let object = value as? [String: Any] { result += objectFaults(object, schema, at: place) }
    if let items = schema["items"] as? [String: Any], let list = value as? [Any] {
      for (i, item) in list.enumerated() { result += faults(item, items, at: "\(place)[\(i)]") }
    }
    return result
  }

  private func objectFaults(_ object: [String: Any], _ schema: [String: Any], at place: String) -> [String] {
    var result: [String] = []
    let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
    for name in schema["required"] as? [String] ?? [] where object[name] == nil {
      result.append("\(place): \(name) is missing")
    }
    for (name, value) in object {
      if let property = properties[name] {
        result += faults(value, property, at: "\(place).\(name)")
      } else if schema["additionalProperties"] as? Bool == false {
        result.append("\(place): \(name) is not known")
      }
    }
    return result
  }

  func resolve(_ reference: String) -> [String: Any]? {
    guard reference.hasPrefix("#/") else { return nil }
    var here: Any? = document
    for part in reference.dropFirst(2).split(separator: "/") {
      here = (here as? [String: Any])?[String(part)]
    }
    return here as? [String: Any]
  }

  private static func fits(_ value: Any, _ type: String) -> Bool {
    switch type {
    case "null": value is NSNull
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "boolean": isTruth(value)
    case "number": !isTruth(value) && value is Double
    case "integer": !isTruth(value) && (value as? Double).map { $0 == $0.rounded() } ?? false
    default: false
    }
  }

  private static func isTruth(_ value: Any) -> Bool {
    guard let number = value as? NSNumber else { return value is Bool }
    return number.objCType.pointee == 99 /* c */ || number.objCType.pointee == 66 /* B */
  }
}
