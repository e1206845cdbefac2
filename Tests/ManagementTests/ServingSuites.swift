import Testing

/// Suites that run servers, one after the other: some let times run out, and others keep the machine busy.
@Suite("Servers", .serialized)
enum ServingSuites {}
