"""What the console shows, held against what a switch says. See check.sh."""

import argparse
import json
import pathlib
import sys
import time
import traceback

from chromium import Chromium
from fake_switch import Server, Switch, large

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


class Bench:
    """A switch, its server, and a page that shows it."""

    def __init__(self, browser, pictures, name):
        self.browser = browser
        self.pictures = pictures
        self.name = name
        self.servers = []

    def serve(self, switch, port=0):
        self.switch = switch
        self.server = Server(switch, port)
        self.servers.append(self.server)
        return self.server

    def show(self, switch, width=1440, height=900, scheme="dark", motion="no-preference", is_live=True):
        self.serve(switch)
        self.browser.open(f"http://127.0.0.1:{self.server.port}/", width, height, scheme, motion)
        if is_live:
            self.until("document.querySelectorAll('.lane').length > 0 && document.getElementById('link').dataset.link === 'stream'")

    def end(self):
        self.browser.leave()
        for server in self.servers:
            if not server.is_stopped:
                server.die()

    def value(self, expression):
        return self.browser.value(expression)

    def until(self, expression, seconds=30):
        assert self.browser.until(expression, seconds), f"does not come: {expression}"

    def equal(self, expression, wanted):
        got = self.value(expression)
        assert got == wanted, f"{expression}: {got!r}, not {wanted!r}"

    def picture(self, suffix=""):
        if self.pictures:
            self.browser.picture(self.pictures / f"{self.name}{suffix}.png")

    def texts(self, selector):
        return self.value(f"[...document.querySelectorAll({json.dumps(selector)})].map(it => it.textContent)")

    def nothing_wrong(self):
        complaints = self.browser.complaints()
        assert not complaints, f"complaints: {complaints}"
        own = f"http://127.0.0.1:{self.server.port}/"
        foreign = [it for it in self.browser.addresses() if not it.startswith(own) and not it.startswith("about:")]
        assert not foreign, f"foreign requests: {foreign}"


def member(name):
    return f"[...document.querySelectorAll('.member')].find(it => it.querySelector('.name').textContent === {json.dumps(name)})"


@check
def shows_the_switch(bench):
    switch = Switch()
    switch.event("started", "fs1", "first run")
    bench.show(switch)
    bench.equal("document.getElementById('switch-name').textContent", "fs1")
    bench.equal("[...document.querySelectorAll('.cluster .name')].map(it => it.textContent)", ["web", "api", "db"])
    bench.equal("document.querySelectorAll('.member').length", 9)
    bench.equal("document.querySelectorAll('.router').length", 2)
    bench.equal("document.querySelectorAll('.port-row').length", 2)
    bench.until("document.querySelectorAll('#event-list li').length === 1")
    bench.equal(f"{member('web1')}.querySelector('.mark .vh').textContent.trim()", "operational")
    bench.equal(f"{member('db1')}.dataset.state", "primary")
    bench.equal(f"{member('db2')}.dataset.state", "standby")
    # Rates on the links, the wider the more there is.
    bench.until("/^[0-9.]+ kpkt.s$/.test(document.querySelector('.port-row .link-rate').textContent)")
    bench.until("document.querySelectorAll('.lane .link[data-flowing]').length > 5")
    width = "parseFloat(document.querySelectorAll('.lane')[{}].querySelector('.link-base').style.strokeWidth)"
    bench.equal(f"{width.format(0)} > {width.format(1)} && {width.format(1)} > {width.format(2)}", True)
    bench.equal("document.title", "● fs1 · FlowSwitch")
    bench.equal("document.cookie", "")
    time.sleep(2)
    bench.picture()


@check
def states_have_shapes_and_words(bench):
    switch = Switch([("web", "balanced", 7, 10_000), ("db", "availability", 3, 900)])
    for name, state, admin in [("web2", "failed", "enabled"), ("web3", "unresolved", "enabled"),
                               ("web4", "operational", "draining"), ("web5", "operational", "draining"),
                               ("web6", "operational", "disabled"), ("web7", "failed", "draining")]:
        row = switch.member(f"web/{name}")
        row["state"], row["admin_state"] = state, admin
    switch.member("web/web4")["leaving_packets_per_second"] = 50
    switch.member("db/db3")["state"] = "secondary-failed"
    switch.settle()
    switch.ports[1]["link"] = "down"
    bench.show(switch)
    bench.until(f"{member('web5')}.dataset.state === 'drained'")
    wanted = {"web1": "operational", "web2": "failed", "web3": "unresolved", "web4": "draining", "web5": "drained",
              "web6": "disabled", "web7": "failed", "db1": "primary", "db2": "standby", "db3": "failed"}
    shapes = {}
    for name, state in wanted.items():
        bench.equal(f"{member(name)}.dataset.state", state)
        bench.equal(f"{member(name)}.querySelector('.mark .vh').textContent.trim()", state)
        bench.equal(f"{member(name)}.querySelector('.state').textContent.startsWith({json.dumps(state)})", True)
        shapes[state] = bench.value(f"{member(name)}.querySelector('.mark svg').innerHTML")
    assert len(set(shapes.values())) == len(shapes), "two states have one shape"
    bench.equal("document.querySelectorAll('.cluster')[0].dataset.state", "degraded")
    bench.equal("document.querySelectorAll('.port-node')[1].dataset.state", "down")
    bench.equal("document.title.startsWith('✕ 3 failed')", True)
    bench.picture()


@check
def a_failover_is_seen(bench):
    switch = Switch()
    bench.show(switch)
    bench.until("document.querySelectorAll('.lane .link[data-flowing]').length > 5")
    bench.value("window.dots = 0; new MutationObserver(() => window.dots = Math.max(window.dots, document.querySelectorAll('.moving').length))"
                ".observe(document.body, {subtree: true, childList: true})")
    switch.fail("web/web2")
    bench.until(f"{member('web2')}.dataset.state === 'failed'")
    bench.until("document.querySelectorAll('.told').length >= 4")
    told = sorted(bench.texts(".told"))
    assert told == ["+85", "+85", "+86", "−256"], told
    bench.until("window.dots > 10")
    bench.equal(f"{member('web2')}.dataset.flash", "bad")
    bench.equal("document.querySelectorAll('.lane')[0].querySelectorAll('.link[data-state=failed] > .link-cross').length", 1)
    bench.until("[...document.querySelectorAll('#event-list .kind')].some(it => it.textContent === 'member-down')")
    bench.until("document.getElementById('say').textContent.includes('member-down web/web2')")
    time.sleep(0.6)
    bench.picture()
    bench.until("document.querySelectorAll('.moving, .told').length === 0")
    # In an availability cluster the star goes to another.
    switch.fail("db/db1")
    bench.until(f"{member('db2')}.dataset.state === 'primary' && {member('db1')}.dataset.state === 'failed'")
    switch.fail("upstream/r1")
    bench.until("document.querySelector('.router').dataset.state === 'failed'")
    bench.until("document.querySelectorAll('.router > .told').length === 2")
    switch.restore("web/web2")
    bench.until(f"{member('web2')}.dataset.state === 'operational'")
    bench.equal("document.querySelectorAll('.lane')[0].querySelectorAll('.link[data-state=failed]').length", 0)


@check
def nothing_moves_for_who_wants_no_motion(bench):
    switch = Switch()
    bench.show(switch, motion="reduce")
    bench.value("window.dots = 0; new MutationObserver(() => window.dots = Math.max(window.dots, document.querySelectorAll('.moving').length))"
                ".observe(document.body, {subtree: true, childList: true})")
    switch.fail("web/web2")
    bench.until("document.querySelectorAll('.told').length === 4")
    bench.equal("window.dots", 0)
    bench.equal("document.getAnimations().length", 0)


@check
def names_are_never_markup(bench):
    evil = '<img src=x onerror="document.title=\'owned\'"><script>alert(1)</script>'
    switch = Switch([(evil, "balanced", 2, 100), ("__proto__", "balanced", 2, 50), ("a/b\u202e\"'&amp;", "balanced", 11, 50)])
    switch.member(f"{evil}/{evil}1")["state"] = "failed"
    switch.name = evil
    switch.event("member-down", f"{evil}/{evil}1", evil, evil)
    bench.show(switch)
    bench.until("document.querySelectorAll('#event-list li').length === 1")
    bench.equal("document.querySelectorAll('.cluster .name')[0].textContent", evil)
    bench.equal("document.querySelectorAll('.cluster .name')[1].textContent", "__proto__")
    bench.equal("document.querySelectorAll('.member').length", 15)
    bench.value("document.querySelectorAll('.member')[0].click()")
    bench.value("document.getElementById('bus').click()")
    bench.value("document.querySelector('#event-list .subject').click()")
    bench.equal("document.getElementById('detail-title').textContent", f"Member {evil}/{evil}1")
    bench.equal("document.querySelectorAll('img, main script, iframe, object').length", 0)
    bench.equal("document.title.includes('owned') && !document.title.includes('onerror')", False)
    # The policy itself: who forgets and writes markup is refused by the browser.
    bench.equal("(() => { try { document.createElement('p').innerHTML = '<b>'; return 'taken' } catch { return 'refused' } })()", "refused")
    bench.browser.happened.clear()


@check
def works_without_a_mouse(bench):
    bench.show(Switch())
    key = bench.browser.key
    key("Tab")
    bench.equal("document.activeElement.hash", "#stage")
    for _ in range(30):
        if bench.value("document.activeElement.classList.contains('node')"):
            break
        key("Tab")
    bench.equal("document.querySelectorAll('#stage .node[tabindex=\"0\"]').length", 1)
    bench.equal("document.activeElement.querySelector('.name').textContent", "sw-r1")
    assert bench.value("getComputedStyle(document.activeElement).outlineStyle") == "solid", "focus is not seen"
    key("ArrowDown")
    bench.equal("document.activeElement.querySelector('.name').textContent", "r1")
    key("ArrowRight")
    bench.equal("document.activeElement.id", "bus")
    key("ArrowRight")
    bench.equal("document.activeElement.classList.contains('cluster')", True)
    key("Home")
    bench.equal("document.activeElement.querySelector('.name').textContent", "sw-r1")
    key("End")
    bench.equal("document.activeElement.querySelector('.name').textContent", "db2")
    key("ArrowUp")
    bench.equal("document.activeElement.querySelector('.name').textContent", "db1")
    key("Enter")
    bench.until("document.activeElement.id === 'detail-title'")
    bench.equal("document.getElementById('detail-title').textContent", "Member db/db1")
    assert "1.37 ms" in bench.value("document.getElementById('detail').textContent")
    bench.picture()
    key("Escape")
    bench.equal("document.getElementById('detail').hidden", True)
    bench.equal("document.activeElement.querySelector('.name').textContent", "db1")
    bench.equal("document.querySelectorAll('#stage .node[tabindex=\"0\"]').length", 1)
    # Names and roles for who does not see it.
    bench.browser.call("Accessibility.enable")
    nodes = bench.browser.call("Accessibility.getFullAXTree")["nodes"]
    nameless = [node for node in nodes if node.get("role", {}).get("value") in ("button", "searchbox", "textbox", "checkbox", "link")
                and not node.get("ignored") and not node.get("name", {}).get("value", "").strip()]
    assert not nameless, f"without a name: {nameless[:3]}"
    names = [node.get("name", {}).get("value", "") for node in nodes if node.get("role", {}).get("value") == "button"]
    assert any(name.startswith("primary db1") for name in names), names
    bench.equal("[...document.querySelectorAll('[aria-labelledby], [aria-describedby]')].every(it => [it.getAttribute('aria-labelledby'), "
                "it.getAttribute('aria-describedby')].filter(Boolean).every(id => document.getElementById(id) || it.hidden))", True)


@check
def two_hundred_members(bench):
    switch = large(200)
    bench.show(switch, 1920, 1080)
    bench.equal("document.querySelectorAll('.member').length", 200)
    bench.equal("[...document.querySelectorAll('.lane')].map(it => it.dataset.kind)", ["dense", "tiles", "tiles", "tiles", "cards"])
    switch.fail("web/web17")
    bench.until(f"{member('web17')}.dataset.state === 'failed'")
    bench.until("document.querySelectorAll('#chips .chip').length === 4")
    time.sleep(1)
    bench.picture()
    bench.value("[...document.querySelectorAll('.chip')].find(it => it.textContent.includes('failed')).click()")
    bench.equal("document.querySelectorAll('.member').length", 1)
    bench.equal("document.querySelectorAll('.lane').length", 1)
    bench.equal("document.getElementById('found').textContent", "1 of 200 members")
    bench.value("[...document.querySelectorAll('.chip')].find(it => it.textContent.includes('failed')).click()")
    search = "document.getElementById('search').value = {}; document.getElementById('search').dispatchEvent(new Event('input'))"
    bench.value(search.format("'api1'"))
    bench.equal("document.querySelectorAll('.member').length", 11)
    bench.value(search.format("'sw-web120'"))
    bench.equal("document.querySelectorAll('.member .name')[0].textContent", "web120")
    bench.value(search.format("'nobody'"))
    bench.equal("document.getElementById('empty').textContent", "Nothing fits.")
    bench.value(search.format("''"))
    bench.equal("document.querySelectorAll('.member').length", 200)
    bench.value("document.querySelectorAll('.toggle')[0].click()")
    bench.equal("document.querySelectorAll('.toggle')[0].getAttribute('aria-expanded')", "false")
    bench.equal("document.querySelectorAll('.member').length", 80)
    bench.equal("document.querySelectorAll('.strip i[data-state=failed]').length", 1)
    bench.until("document.querySelectorAll('.toggle .count').length > 1")
    bench.equal("document.documentElement.scrollWidth <= 1920", True)
    bench.picture("-closed")


@check
def thousands_of_members(bench):
    switch = Switch([(f"c{number}", "balanced", 100, 1000) for number in range(20)])
    switch.member("c3/c37")["state"] = "failed"
    switch.settle()
    bench.show(switch)
    # Those in which all is well begin closed; the one with a failure is open.
    bench.equal("document.querySelectorAll('.lane').length", 20)
    bench.equal("document.querySelectorAll('.member').length", 100)
    bench.equal("document.querySelector('.chip b').textContent", "1999")
    bench.picture()


@check
def a_dead_daemon_is_plain_and_recovers(bench):
    switch = Switch()
    switch.event("started", "fs1", "first run")
    bench.show(switch)
    bench.until("document.querySelectorAll('#event-list li').length === 1")
    port = bench.server.port
    bench.server.die()
    bench.until("!document.getElementById('banner').hidden")
    bench.until("/^No data for [0-9]+ s/.test(document.getElementById('banner-title').textContent)")
    bench.until("/does not answer/.test(document.getElementById('banner-text').textContent)")
    bench.equal("document.body.classList.contains('stale')", True)
    bench.until("parseFloat(getComputedStyle(document.getElementById('stage')).opacity) < .6")
    bench.equal("document.getElementById('link-text').textContent", "no data")
    bench.equal("document.title.startsWith('✕ no data')", True)
    bench.equal("document.getElementById('alarm').textContent.startsWith('No data')", True)
    bench.equal("document.querySelectorAll('.member').length", 9)
    time.sleep(1)
    bench.picture()
    switch.event("member-up", "web/web1", "http: ok")
    bench.serve(switch, port)
    bench.until("document.getElementById('banner').hidden && document.getElementById('link').dataset.link === 'stream'", 60)
    bench.equal("document.body.classList.contains('stale')", False)
    bench.until("document.querySelectorAll('#event-list li').length === 2")
    time.sleep(1.5)
    bench.equal("document.querySelectorAll('#event-list li').length", 2)


@check
def no_daemon_from_the_beginning(bench):
    switch = Switch()
    switch.token = "x"
    bench.show(switch, is_live=False)
    bench.until("document.getElementById('token-dialog').open")
    bench.server.die()
    bench.value("document.getElementById('token').value = 'x'; document.getElementById('token-form').requestSubmit()")
    bench.until("!document.getElementById('banner').hidden")
    bench.equal("document.getElementById('banner-title').textContent", "The switch does not answer.")


@check
def without_a_stream_it_asks(bench):
    switch = Switch()
    switch.has_stream = False
    bench.show(switch, is_live=False)
    bench.until("document.getElementById('link-text').textContent === 'live, polled'")
    switch.fail("web/web2")
    bench.until(f"{member('web2')}.dataset.state === 'failed'")
    bench.until("document.querySelectorAll('#event-list li').length === 1")
    assert not any("token" in path for path in switch.requests)


@check
def a_stream_that_breaks_or_is_silent(bench):
    switch = Switch()
    bench.show(switch)
    switch.is_silent = True
    bench.until("document.getElementById('banner').hidden && document.getElementById('link').dataset.link === 'poll'", 60)
    switch.is_silent = False
    bench.until("document.getElementById('link').dataset.link === 'stream'", 60)
    switch.garbage = b"event: state\ndata: {\"ports\": [nonsense\n\n"
    bench.until("document.getElementById('link').dataset.link === 'poll'")
    bench.until("document.getElementById('link').dataset.link === 'stream'", 60)
    # Rows of a kind that nobody expects.
    switch.garbage = (b"event: nobody\ndata: 1\n\nevent: state\r\ndata: {\"ports\": [null, 7, {}], \"clusters\": 5,\r\n"
                      b"data: \"members\": [{\"cluster\": {}, \"name\": []}]}\r\n\r\nevent: event\ndata: {\"number\": \"x\"}\n\n")
    time.sleep(2.5)
    bench.until("document.querySelectorAll('.member').length === 9")
    bench.equal("document.querySelectorAll('#event-list li').length", 0)


@check
def a_token_stays_in_the_tab(bench):
    switch = Switch()
    switch.token = "s3cret-token"
    bench.show(switch, is_live=False)
    bench.until("document.getElementById('token-dialog').open")
    bench.picture()
    give = "document.getElementById('token').value = {}; document.getElementById('token-form').requestSubmit()"
    bench.value(give.format("'wrong'"))
    bench.until("document.getElementById('token-dialog').open && document.getElementById('token-why').textContent.includes('refused: unauthorized')")
    bench.value(give.format("'s3cret-token'"))
    bench.until("document.getElementById('link').dataset.link === 'stream'")
    bench.equal("document.getElementById('token-dialog').open", False)
    bench.equal("sessionStorage.getItem('flowswitch-token')", "s3cret-token")
    bench.equal("JSON.stringify(localStorage).includes('s3cret')", False)
    bench.equal("document.cookie", "")
    assert not any("s3cret" in path for path in switch.requests), "the token is in an address"


@check
def light_and_dark(bench):
    bench.show(Switch(), scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    bench.equal(ground, "rgb(238, 241, 244)")
    time.sleep(2)
    bench.picture("-light")
    ratios = """(() => {
      const context = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
      const probe = document.body.appendChild(document.createElement('i'));
      const light = (name) => {
        probe.style.color = `var(--${name})`;
        context.fillStyle = getComputedStyle(probe).color;
        context.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map(it => it / 255)
          .map(it => it <= .04045 ? it / 12.92 : ((it + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
      };
      const found = {};
      for (const ground of ['ground', 'card', 'raised']) for (const ink of ['ink', 'dim', 'good', 'bad', 'warn', 'odd', 'prime', 'off']) {
        const [a, b] = [light(ground), light(ink)];
        found[`${ink} on ${ground}`] = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
      }
      probe.remove();
      return found;
    })()"""
    # WCAG 2.2, 1.4.3: text is told from its ground by 4.5 to 1.
    for scheme in ("light", "dark"):
        bench.browser.media(scheme)
        faint = {name: ratio for name, ratio in bench.value(ratios).items() if ratio < 4.5}
        assert not faint, f"{scheme}: {faint}"
    bench.equal(ground, "rgb(11, 15, 20)")
    bench.value("document.getElementById('theme').click()")
    bench.equal("document.documentElement.dataset.theme", "dark")
    bench.value("document.getElementById('theme').click()")
    bench.equal(ground, "rgb(238, 241, 244)")
    bench.value("location.reload()")
    bench.until("document.documentElement.dataset.theme === 'light'")


@check
def narrow(bench):
    switch = Switch()
    bench.show(switch, 360, 1600)
    bench.equal("document.documentElement.scrollWidth <= 360", True)
    bench.equal("document.querySelectorAll('.member').length", 9)
    bench.equal(f"getComputedStyle({member('web1')}.querySelector('.rate')).display !== 'none'", True)
    switch.fail("web/web2")
    bench.until(f"{member('web2')}.dataset.state === 'failed'")
    time.sleep(1.5)
    bench.picture()
    bench.value(f"{member('web2')}.click()")
    bench.equal("document.getElementById('detail').getBoundingClientRect().width <= 360", True)
    bench.picture("-detail")


@check
def events_are_filtered(bench):
    switch = Switch()
    for number in range(600):
        switch.event("rebalanced" if number % 2 else "member-down", f"web/web{number % 4 + 1}", f"cause {number}")
    bench.show(switch)
    bench.until("document.querySelectorAll('#event-list li').length === 200")
    for number in range(600, 1200):
        switch.event("rebalanced", "web", f"cause {number}")
    bench.until("document.querySelector('#event-list .cause').textContent === 'cause 1199'")
    bench.equal("document.querySelectorAll('#event-list li').length", 500)
    switch.event("member-down", "web/web1", "the last")
    bench.until("document.querySelector('#event-list .cause').textContent === 'the last'")
    shown = "[...document.querySelectorAll('#event-list li')].filter(it => !it.hidden).length"
    bench.value("document.getElementById('event-warnings').click()")
    bench.equal(shown, 1)
    bench.value("document.getElementById('event-warnings').click()")
    bench.value("const f = document.getElementById('event-filter'); f.value = 'web/web1 LAST'; f.dispatchEvent(new Event('input'))")
    bench.equal(shown, 1)
    bench.equal("document.querySelector('#event-list time').title.includes('(UTC)')", True)


@check
def numbers_and_messages(bench):
    bench.show(Switch())
    for given, wanted in [("0", "0 "), ("7", "7 "), ("999", "999 "), ("999.7", "1.00 k"), ("1000", "1.00 k"), ("12345", "12.3 k"),
                          ("999499", "999 k"), ("999500", "1.00 M"), ("9995", "10.0 k"), ("1e9", "1.00 G"), ("1.8e19", "18.0 E"),
                          ("NaN", "– "), ("null", "0 "), ("undefined", "– "), ("'x'", "– ")]:
        bench.equal(f"import('/format.js').then(it => it.si({given}))", wanted)
    for given, wanted in [("0", "0 s"), ("59999", "59 s"), ("75000", "1 min 15 s"), ("3.6e6", "1 h 0 min"), ("9e7", "1 d 1 h"), ("-5", "0 s")]:
        bench.equal(f"import('/format.js').then(it => it.age({given}))", wanted)
    text = "event: a\\r\\ndata: 1\\r\\ndata:2\\r\\n\\r\\n: note\\n\\ndata: x\\n\\nevent: b\\ndata: 3\\r\\rid: 4\\n\\n"
    # However it is cut, it says the same.
    bench.equal(f"""import('/feed.js').then(({{Messages}}) => {{
      const whole = "{text}", all = new Set();
      for (let cut = 0; cut <= whole.length; cut += 1) {{
        const found = [], it = new Messages((kind, data) => found.push([kind, data]));
        it.take(whole.slice(0, cut));
        it.take(whole.slice(cut));
        all.add(JSON.stringify(found));
      }}
      return [...all];
    }})""", ['[["a","1\\n2"],["message","x"],["b","3"]]'])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--chromium", required=True)
    parser.add_argument("--pictures", type=pathlib.Path)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    if arguments.pictures:
        arguments.pictures.mkdir(parents=True, exist_ok=True)
    failures = 0
    browser = Chromium(arguments.chromium)
    try:
        for function in CHECKS:
            name = function.__name__.replace("_", "-")
            if arguments.only not in name:
                continue
            bench = Bench(browser, arguments.pictures, name)
            try:
                function(bench)
                bench.nothing_wrong()
                print(f"ok    {name}", flush=True)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next check is run as well
                failures += 1
                where = traceback.extract_tb(error.__traceback__)[1:2]
                print(f"FAIL  {name}: {error} (line {where[0].lineno if where else '?'}; complaints: {browser.complaints()})", flush=True)
            finally:
                bench.end()
    finally:
        browser.close()
    print(f"{failures} failed" if failures else "all hold")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
