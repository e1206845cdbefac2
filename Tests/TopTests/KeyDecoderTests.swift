import Testing

@testable import Top
