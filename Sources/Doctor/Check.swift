/// One subject that the doctor knows about.
protocol Check: Sendable {
  func findings(in examination: Examination) -> [Finding]
}
