import Testing

@testable import Top

@Suite("Rates")
struct RateTests {
  @Test(
    "Between two samples; not known where a counter went back or no time passed",
    arguments: [
      (1000, 0, Duration.seconds(1), 1000), (1000, 500, .milliseconds(100), 5000), (7, 7, .seconds(2), 0),
      (1, 2, .seconds(1), nil), (1, nil, .seconds(1), nil), (2, 1, .zero, nil), (2, 1, .seconds(-1), nil),
    ] as [(UInt64, UInt64?, Duration, Double?)])
  func rate(_ now: UInt64, _ before: UInt64?, _ elapsed: Duration, _ perSecond: Double?) {
    #expect(Rate(now, since: before, elapsed)?.perSecond == perSecond)
  }

  @Test(
    "Three digits and a prefix",
    arguments: [
      (0, "0"), (1, "1"), (12, "12"), (999, "999"), (0.4, "0.4"), (1.26, "1.3"), (0.001, "<0.1"),
      (0.06, "0.1"), (9.96, "10"),
      (12.34, "12"), (99.97, "100"), (123.4, "123"), (999.4, "999"), (999.6, "1.00k"), (1213, "1.21k"),
      (12_345, "12.3k"), (999_600, "1.00M"), (4.05e10, "40.5G"), (1.8e19, "18.0E"), (1e30, ">999Z"),
      (.infinity, "0"), (.nan, "0"), (-1, "0"),
    ] as [(Double, String)])
  func text(_ perSecond: Double, _ text: String) {
    #expect(Rate(perSecond: perSecond).text == text)
  }
}
