// Moments that stay right: «3 minutes ago» counts on, and a tooltip tells one's own time where the workspace keeps another zone.
import { language } from "../lib/page.ts";

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const TICK_MS = 15_000;

/** «in 2 hours», in the page's language; `seconds` is the distance from now. */
function relative(seconds: number): string {
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step * 0.95) ?? (["second", 1] as const);
  return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

class RelativeTime extends HTMLElement {
  #timer = 0;

  connectedCallback(): void {
    this.#timer = window.setInterval(() => this.#tell(), TICK_MS);
    this.#tell();
  }

  disconnectedCallback(): void {
    window.clearInterval(this.#timer);
  }

  #tell(): void {
    const time = this.querySelector("time");
    const words = time && relative((Date.parse(time.dateTime) - Date.now()) / 1000);
    if (time && words && time.textContent !== words) time.textContent = words;
  }
}

class LocalTime extends HTMLElement {
  connectedCallback(): void {
    const time = this.querySelector("time");
    if (!time || time.dataset["told"]) return;
    time.dataset["told"] = "true";
    const here = new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(Date.parse(time.dateTime));
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    time.title = `${time.title}\n${here} (${zone})`;
  }
}

customElements.define("relative-time", RelativeTime);
customElements.define("local-time", LocalTime);
