"""Where the data comes from, or does not; looks, events, figures."""

import time

from bench import check, member
from fake_switch import Switch


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
