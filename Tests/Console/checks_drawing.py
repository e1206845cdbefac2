"""The switch as it is drawn, and what moves."""

import json
import time

from bench import check, member
from fake_switch import Switch, large


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
