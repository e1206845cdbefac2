import Management
import Top

/// `top` without a terminal: the tables as text, once an interval.
struct TopBatch: Sendable {
  let text: TopText
  let views: [TopView]
  /// Nil: until interrupted.
  let iterations: Int?

  /// Each text needs two looks: a rate is what lies between them.
  func run(_ model: TopModel, _ sampler: TopSampler) async throws {
    let console = Console.current
    let clock = ContinuousClock()
    var model = model
    var sampler = sampler
    var next = clock.now
    model.take(try await sampler.sample())
    var done = 0
    while done < iterations ?? .max {
      next = max(next + model.interval, clock.now)
      try await Task.sleep(until: next, clock: clock)
      model.take(try await sampler.sample())
      try console.write((done == 0 ? "" : "\n") + text.text(model, views: views))
      done += 1
    }
  }
}
