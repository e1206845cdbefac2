import Wire

/// What the entries of an `AddressFinder` share while it handles an event.
struct FinderContext: Sendable {
  let mac: MACAddress
  var timing: OwnAddressTiming
  var random: FinderRandom
  var limiter = ReportLimiter<OwnAddressAction>(capacity: 64)
  var now: Duration = .zero
  var actions: [OwnAddressAction] = []

  mutating func report(_ conflict: OwnAddressAction) {
    if limiter.allows(conflict, hold: timing.conflictHold, now: now) { actions.append(conflict) }
  }
}
