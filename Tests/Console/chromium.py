"""Drives a Chromium without a window through its debugging pipe: file descriptors 3 and 4, JSON between NULs."""

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time


class Chromium:
    def __init__(self, executable):
        self.folder = tempfile.mkdtemp(prefix="flowswitch-console-")
        to_browser, self.writer = os.pipe()
        self.reader, from_browser = os.pipe()
        command = [executable, "--headless", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--no-sandbox",
                   "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
                   "--disable-sync", "--no-default-browser-check", "--hide-scrollbars", "--force-color-profile=srgb",
                   "--lang=en", f"--user-data-dir={self.folder}", "about:blank"]

        def descriptors():
            # Out of the way first: either may be 3 or 4 itself.
            a, b = os.dup(to_browser), os.dup(from_browser)
            high = [os.dup2(a, 103), os.dup2(b, 104)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            command, preexec_fn=descriptors, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer = b""
        self.number = 0
        self.answers = {}
        self.happened = []
        self.session = None

    def close(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        os.close(self.writer)
        os.close(self.reader)
        shutil.rmtree(self.folder, ignore_errors=True)

    def read(self, timeout):
        ready, _, _ = select.select([self.reader], [], [], timeout)
        if not ready:
            return False
        piece = os.read(self.reader, 1 << 20)
        if not piece:
            raise RuntimeError("Chromium has gone")
        self.buffer += piece
        *messages, self.buffer = self.buffer.split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self.answers[message["id"]] = message
            elif message.get("sessionId") == self.session:
                self.happened.append(message)
        return True

    def call(self, method, _timeout=60, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.writer, data):]
        end = time.monotonic() + _timeout
        while self.number not in self.answers:
            if time.monotonic() > end:
                raise RuntimeError(f"no answer to {method}")
            self.read(1)
        answer = self.answers.pop(self.number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def open(self, url, width=1440, height=900, scheme="dark", motion="no-preference"):
        """A new page in a context of its own: no storage of another."""
        self.session = None
        self.happened.clear()
        self.context = context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.call(f"{domain}.enable")
        self.size(width, height)
        self.media(scheme, motion)
        self.call("Page.navigate", url=url)

    def leave(self):
        """Closes the page and what it kept."""
        self.session = None
        self.call("Target.disposeBrowserContext", browserContextId=self.context)

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def media(self, scheme, motion="no-preference"):
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": motion}])

    # What Chromium says to a question that meets the change from one page to the next.
    BETWEEN_PAGES = ("Inspected target navigated or closed", "Execution context was destroyed",
                     "Cannot find default execution context")

    def value(self, expression):
        for attempt in range(20):
            try:
                answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
                break
            except RuntimeError as error:
                if attempt == 19 or not any(text in str(error) for text in self.BETWEEN_PAGES):
                    raise
                self.read(0.1)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def until(self, expression, seconds=20):
        """Waits until it holds; False if it does not in that time."""
        end = time.monotonic() + seconds
        # While a page loads, what is asked of it may not be there yet.
        careful = f"(() => {{ try {{ return Boolean({expression}) }} catch {{ return false }} }})()"
        while time.monotonic() < end:
            if self.value(careful):
                return True
            self.read(0.05)
        return False

    KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38,
            "ArrowRight": 39, "ArrowDown": 40}

    def key(self, name):
        code = {"key": name, "code": name, "windowsVirtualKeyCode": self.KEYS[name]}
        self.call("Input.dispatchKeyEvent", type="keyDown", **code, **({"text": "\r"} if name == "Enter" else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **code)

    def picture(self, path):
        data = self.call("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def complaints(self):
        """Errors of the console, exceptions, violations of the policy; not the network's, a dead daemon makes those."""
        self.call("Runtime.evaluate", expression="0")
        found = []
        for message in self.happened:
            method, params = message["method"], message.get("params", {})
            if method == "Runtime.exceptionThrown":
                found.append(json.dumps(params["exceptionDetails"].get("exception", params))[:400])
            elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
                found.append(json.dumps(params["args"])[:400])
            elif method == "Log.entryAdded" and params["entry"]["source"] != "network":
                if params["entry"]["level"] in ("error", "warning"):
                    found.append(params["entry"]["text"])
            elif method == "Audits.issueAdded" and "ContentSecurityPolicy" in params["issue"]["code"]:
                found.append(json.dumps(params["issue"])[:400])
        return found

    def addresses(self):
        return [message["params"]["request"]["url"] for message in self.happened
                if message["method"] == "Network.requestWillBeSent"]
