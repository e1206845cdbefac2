// Numbers and times as people read them: three figures and an SI prefix; times of the reader's place.

const PREFIXES = ["", "k", "M", "G", "T", "P", "E"];

/** 0 → "0 ", 12345 → "12.3 k": a number of three figures, a space, an SI prefix. Not a number: "–". */
export function si(value) {
  let n = Number(value);
  if (!Number.isFinite(n)) return "– ";
  let power = 0;
  // 999.5 would be printed as 1000.
  while (Math.abs(n) >= 999.5 && power < PREFIXES.length - 1) {
    n /= 1000;
    power += 1;
  }
  const figures = power === 0 ? String(Math.round(n)) : n.toFixed(n < 9.995 ? 2 : n < 99.95 ? 1 : 0);
  return `${figures} ${PREFIXES[power]}`;
}

export const count = (value) => si(value).trimEnd();
export const packets = (value) => `${si(value)}pkt/s`;
export const bits = (bytesPerSecond) => `${si(Number(bytesPerSecond) * 8)}bit/s`;
export const speed = (megabits) => (megabits >= 1000 ? `${megabits / 1000} Gbit/s` : `${megabits} Mbit/s`);
export const plural = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

const clock = new Intl.DateTimeFormat([], {
  hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hourCycle: "h23",
});
const calendar = new Intl.DateTimeFormat([], { year: "numeric", month: "short", day: "numeric" });

/** The local time of an RFC 3339 text, with the date unless it is today; the text itself if it is none. */
export function localTime(text, now = new Date()) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return String(text ?? "–");
  const time = clock.format(date);
  return date.toDateString() === now.toDateString() ? time : `${calendar.format(date)}, ${time}`;
}

export const clockTime = (date) => clock.format(date).slice(0, 8);

/** 75000 → "1 min 15 s". */
export function age(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}

export function since(text, now = Date.now()) {
  const time = Date.parse(text);
  return Number.isNaN(time) ? "–" : age(now - time);
}
