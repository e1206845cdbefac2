import Foundation

/// The whole text of a file.
func readText(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
