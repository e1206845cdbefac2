"""What every check has: a switch, its server, a page that shows it."""

import json

from fake_switch import Server

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
