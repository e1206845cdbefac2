// Where the data comes from: the stream of server-sent events, read by fetch() because an EventSource cannot send a
// token in a header; where there is no stream, or while it breaks, the same by asking once a second.
//
//   hello ──► stream ──ends──► poll a while ──► hello …       (a switch without the stream: poll longer)
//     └────────┴──── error ──► wait, longer each time ──► hello …

const PERIOD = 1000;
const HEADERS_WITHIN = 5000;
/** A state comes each second: a stream that says nothing for so long is dead, whatever TCP thinks. */
const SILENCE = 6000;
const LONGEST_WAIT = 10000;
const LARGEST_MESSAGE = 32 * 1024 * 1024;

class Refused extends Error {
  constructor(status, message) {
    super(message || (status === 403 ? "this token may not read" : `HTTP status ${status}`));
    this.status = status;
  }

  /** What the switch says about it: `{"error":{"code":…,"message":…}}`. */
  static async of(answer) {
    let message = "";
    try {
      message = String((await answer.json()).error.message).slice(0, 300);
    } catch { /* not of the switch, then: a proxy's page */ }
    return new Refused(answer.status, message);
  }
}

export class Feed {
  /** `on`: state(rows), extras(rows), version(row), event(row, isOld), link({mode, error, nextTry}), token(why). */
  constructor(on) {
    this.on = on;
    this.last = 0;
    this.breaks = 0;
    this.failures = 0;
    this.wake = null;
  }

  get token() {
    try { return sessionStorage.getItem("flowswitch-token"); } catch { return this.kept ?? null; }
  }

  set token(value) {
    this.kept = value;
    try {
      if (value) sessionStorage.setItem("flowswitch-token", value);
      else sessionStorage.removeItem("flowswitch-token");
    } catch { /* a browser without storage: until the page is left */ }
    this.retryNow();
  }

  retryNow() {
    this.wake?.();
  }

  async run() {
    for (;;) {
      try {
        await this.hello();
        this.failures = 0;
        const rounds = await this.stream();
        this.on.link({ mode: "poll" });
        await this.poll(rounds);
        continue;
      } catch (error) {
        if (error instanceof Refused && [401, 403].includes(error.status)) {
          this.on.token(error.status === 403 || this.token ? error.message : "");
          this.on.link({ mode: "down", error: error.message, nextTry: null });
          await this.pause(3600 * 1000);
          continue;
        }
        const wait = Math.min(LONGEST_WAIT, 500 * 2 ** this.failures) * (0.8 + 0.4 * Math.random());
        this.failures = Math.min(this.failures + 1, 10);
        this.on.link({ mode: "down", error: Feed.words(error), nextTry: Date.now() + wait });
        await this.pause(wait);
      }
    }
  }

  static words(error) {
    if (error?.name === "TimeoutError" || error?.name === "AbortError") return "no answer in time";
    return error instanceof TypeError ? "no connection" : String(error?.message ?? error);
  }

  pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  request(path, accept, signal) {
    const headers = { Accept: accept };
    const token = this.token;
    // What cannot stand in a header is no token of ours: the switch says so.
    if (token && /^[\x21-\x7e]+$/.test(token)) headers.Authorization = `Bearer ${token}`;
    return fetch(`api/v1/${path}`,
      { headers, signal, cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer" });
  }

  async get(path) {
    const answer = await this.request(path, "application/json", AbortSignal.timeout(HEADERS_WITHIN));
    if (!answer.ok) throw await Refused.of(answer);
    return answer.json();
  }

  /** Who is there, and what happened before. */
  async hello() {
    this.on.version(await this.get("version"));
    const kept = await this.get("events?limit=200");
    const newest = kept.at(-1)?.number ?? 0;
    // The switch lost its events: it counts anew.
    if (newest < this.last) this.last = 0;
    for (const row of kept) this.event(row, this.last === 0 || undefined);
    this.last = Math.max(this.last, newest);
    await this.extras();
  }

  event(row, isOld = false) {
    const number = Number(row?.number);
    if (!Number.isFinite(number)) return;
    if (!isOld) {
      if (number <= this.last) return;
      this.last = number;
    }
    this.on.event(row, isOld);
  }

  async extras() {
    const answers = await Promise.allSettled(["probes", "drops", "stations"].map((it) => this.get(it)));
    const [probes, drops, stations] = answers.map((answer) => answer.value);
    this.on.extras({ probes, drops, stations });
  }

  /** Reads the stream until it ends. Gives how many rounds to poll before it is worth another try. */
  async stream() {
    const control = new AbortController();
    let dog = setTimeout(() => control.abort(), HEADERS_WITHIN);
    let extras = null;
    try {
      const answer = await this.request(`stream?after=${this.last}`, "text/event-stream", control.signal);
      if ([404, 405, 503].includes(answer.status)) {
        answer.body?.cancel();
        return answer.status === 503 ? 30 : 300;
      }
      if (!answer.ok) throw await Refused.of(answer);
      extras = setInterval(() => this.extras().catch(() => {}), 3 * PERIOD);
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      const messages = new Messages((kind, data) => this.message(kind, data));
      for (;;) {
        clearTimeout(dog);
        dog = setTimeout(() => control.abort(), SILENCE);
        const { value, done } = await reader.read();
        if (done) break;
        messages.take(value);
      }
    } catch (error) {
      if (error instanceof Refused) throw error;
    } finally {
      clearTimeout(dog);
      clearInterval(extras);
      control.abort();
    }
    this.breaks = Math.min(this.breaks + 1, 4);
    return 3 * 2 ** this.breaks;
  }

  message(kind, data) {
    if (kind === "state") {
      this.breaks = 0;
      this.on.state(JSON.parse(data));
      this.on.link({ mode: "stream" });
    } else if (kind === "event") {
      this.event(JSON.parse(data));
    }
  }

  async poll(rounds) {
    for (let round = 0; round < rounds; round += 1) {
      const started = performance.now();
      const [ports, clusters, members, routers, events] = await Promise.all(
        ["ports", "clusters", "members", "routers", `events?after=${this.last}`].map((it) => this.get(it)));
      this.on.state({ ports, clusters, members, routers });
      for (const row of events) this.event(row);
      this.on.link({ mode: "poll" });
      if (round % 3 === 0) await this.extras();
      await this.pause(Math.max(100, PERIOD - (performance.now() - started)));
    }
  }
}

/** Server-sent events out of text that comes in pieces: WHATWG HTML §9.2.6. */
export class Messages {
  constructor(on) {
    this.on = on;
    this.rest = "";
    this.kind = "";
    this.data = [];
  }

  take(piece) {
    this.rest += piece;
    if (this.rest.length > LARGEST_MESSAGE) throw new Error("a message of the stream is too large");
    const lines = this.rest.split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop();
    for (const line of lines) this.line(line);
  }

  line(line) {
    if (line === "") {
      if (this.data.length) this.on(this.kind || "message", this.data.join("\n"));
      this.kind = "";
      this.data = [];
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.kind = value;
    else if (field === "data") this.data.push(value);
  }
}
