import SwitchModel
import Testing

@testable import HealthProbe

/// WO 99/33227, H12: every member and router is monitored; what its probes' results mean.
@Suite("H12: the health machine")
struct HealthMachineTests {
  /// Plays results, `+` and `-`, one a second; a digit waits that many seconds and ticks. The states after each, by
  /// their first letters.
  private func play(_ events: String, _ machine: inout HealthMachine, from start: Int = 0) -> String {
    var now = start
    var states = ""
    for event in events {
      let before = machine.state
      let change: HealthChange?
      if let pause = event.wholeNumberValue {
        now += pause
        change = machine.tick(at: .seconds(now))
      } else {
        change = machine.result(event == "+", at: .seconds(now))
        now += 1
      }
      states += machine.state.rawValue.prefix(1)
      // What is told and what is so are the same.
      #expect((change?.to ?? before) == machine.state)
      #expect(change.map { $0.from == before && $0.from != $0.to } ?? true)
    }
    return states
  }

  @Test(
    "H12: rise and fall",
    arguments: [
      (2, 3, "+", "o"),
      (2, 3, "--+", "uuo"),
      (2, 3, "---", "uuf"),
      (2, 3, "+--+---", "oooooof"),
      (2, 3, "+---+-++", "oooffffo"),
      (1, 1, "+-+-", "ofof"),
      (3, 1, "-++-+++", "ffffffo"),
      (0, 0, "-+", "fo"),
    ])
  func riseAndFall(rise: Int, fall: Int, events: String, states: String) {
    var machine = HealthMachine(rise: rise, fall: fall)
    #expect(machine.state == .unknown)
    #expect(play(events, &machine) == states)
  }

  @Test(
    "H12: the fast interval, while the last result was a failure or the target is failed",
    arguments: [
      ("", false), ("+", false), ("-", true), ("+-", true), ("+-+", false), ("+---", true), ("+---+", true),
      ("+---++", false),
    ])
  func failing(events: String, isFailing: Bool) {
    var machine = HealthMachine(rise: 2, fall: 3)
    _ = play(events, &machine)
    #expect(machine.isFailing == isFailing)
  }

  private let damping = FlapDamping(flaps: 3, window: .seconds(20), hold: .seconds(8))

  @Test(
    "H12: flap damping",
    arguments: [
      // The third time within the window; then eight seconds.
      ("+-+-+-+++++++", "ofofodddddddd"), ("+-+-+-++++++++", "ofofoddddddddo"),
      ("+-+-+-+9", "ofofoddo"),
      // Dead when the hold ends: failed, and free to come back.
      ("+-+-+-9+", "ofofodfo"),
      // A fall during the hold begins it anew: 5 s + 1 + 1 + 5 are more than 8 after the first.
      ("+-+-+-5+-5", "ofofoddddd"), ("+-+-+-5+-59", "ofofodddddf"),
      // Too far apart.
      ("+-9+-9+-", "offoffof"),
    ])
  func damping(events: String, states: String) {
    var machine = HealthMachine(rise: 1, fall: 1, damping: damping)
    #expect(play(events, &machine) == states)
  }

  @Test("H12: the end of a hold is told beforehand")
  func deadline() {
    var machine = HealthMachine(
      rise: 1, fall: 1, damping: FlapDamping(flaps: 1, window: .seconds(1), hold: .seconds(5)))
    #expect(machine.deadline == nil)
    #expect(
      machine.result(false, at: .seconds(10)) == HealthChange(from: .unknown, to: .damped, at: .seconds(10)))
    #expect(machine.deadline == .seconds(15))
    #expect(machine.result(true, at: .seconds(11)) == nil)
    #expect(machine.tick(at: .milliseconds(14_999)) == nil)
    #expect(machine.tick(at: .seconds(15)) == HealthChange(from: .damped, to: .operational, at: .seconds(15)))
    #expect(machine.deadline == nil)
  }

  @Test("X7: a restarted daemon goes on where it was", arguments: HealthState.allCases)
  func adoption(state: HealthState) {
    var machine = HealthMachine(rise: 2, fall: 3, damping: damping, adopting: state, at: .seconds(100))
    #expect(machine.state == state)
    let expected =
      switch state {
      case .unknown: "uuf"
      case .operational: "oof"
      case .failed: "fff"
      case .damped: "ddd"
      }
    #expect(play("---", &machine, from: 100) == expected)
    // Held anew, and failed after that: `rise` successes are wanted.
    if state == .damped { #expect(play("9++", &machine, from: 103) == "ffo") }
  }

  @Test("H12: whatever happens, the state follows from the rules", arguments: [1, 2, 3], [1, 2, 3])
  func exhaustively(rise: Int, fall: Int) {
    for bits in 0..<(1 << 12) {
      var machine = HealthMachine(rise: rise, fall: fall)
      var state = HealthState.unknown
      var run = 0
      var last: Bool?
      for step in 0..<12 {
        let ok = bits >> step & 1 == 1
        run = last == ok ? run + 1 : 1
        last = ok
        let change = machine.result(ok, at: .seconds(step))
        let before = state
        if ok, state == .unknown || (state == .failed && run >= rise) { state = .operational }
        if !ok, run >= fall { state = .failed }
        #expect(machine.state == state)
        #expect((change != nil) == (before != state))
      }
    }
  }
}
