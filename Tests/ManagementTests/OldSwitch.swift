import ManagementFixtures
import SwitchModel

/// A fake switch without what has a default.
struct OldSwitch: FakeSwitchHolder {
  let fake = FakeSwitch()
}
