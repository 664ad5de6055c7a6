// A table of days drawn as lines. The server writes the table and the words; this draws them, tells one day after another by pointer or arrows,
// and folds the table away behind its summary. Without scripts the table stands.
import uPlot from "uplot";
import { language, writes } from "../lib/page.ts";

const HEIGHT = 224;
const SINGLE_KEYS_OFF = "huntaze.single-keys";

interface Drawn {
  readonly labels: string[];
  readonly words: string[][];
  readonly lines: (number | null)[][];
}

class LineChart extends HTMLElement {
  #chart: uPlot | undefined;
  #drawn: Drawn = { labels: [], words: [], lines: [] };
  #place = -1;
  readonly #dark = window.matchMedia("(prefers-color-scheme: dark)");
  readonly #theme = new MutationObserver(() => this.#draw());
  readonly #size = new ResizeObserver(() => this.#fit());

  connectedCallback(): void {
    const host = this.#host();
    if (!host) return;
    this.#drawn = this.#read();
    if (this.#drawn.labels.length < 2) return;
    this.querySelector("details")?.removeAttribute("open");
    host.hidden = false;
    host.addEventListener("keydown", this.#move);
    document.addEventListener("keydown", this.#toggle);
    this.#dark.addEventListener("change", this.#again);
    this.#theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.#size.observe(host);
    this.#draw();
    this.#tell(this.#drawn.labels.length - 1);
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#toggle);
    this.#dark.removeEventListener("change", this.#again);
    this.#theme.disconnect();
    this.#size.disconnect();
    this.#chart?.destroy();
    this.#chart = undefined;
  }

  #host(): HTMLElement | null {
    return this.querySelector<HTMLElement>("[data-plot]");
  }

  /** What the table says: a label for each row, and for each cell its number and its words. */
  #read(): Drawn {
    const rows = [...this.querySelectorAll("tbody tr")];
    const cells = rows.map((row) => [...row.querySelectorAll<HTMLElement>("td")]);
    const value = (cell: HTMLElement): number | null => (cell.dataset["value"] ? Number(cell.dataset["value"]) : null);
    return {
      labels: rows.map((row) => row.querySelector("th")?.textContent?.trim() ?? ""),
      words: cells.map((row) => row.map((cell) => cell.textContent?.trim() ?? "")),
      lines: (cells[0] ?? []).map((_cell, line) => cells.map((row) => (row[line] ? value(row[line]) : null))),
    };
  }

  readonly #again = (): void => this.#draw();

  #draw(): void {
    const host = this.#host();
    if (!host) return;
    this.#chart?.destroy();
    const { labels, lines } = this.#drawn;
    const soft = getComputedStyle(host).color;
    const rule = getComputedStyle(host).borderTopColor;
    const font = `12px ${getComputedStyle(host).fontFamily}`;
    const short = new Intl.NumberFormat(language(), { notation: "compact" });
    const whole = new Intl.NumberFormat(language());
    const format = (ticks: number[]): Intl.NumberFormat => (new Set(ticks.map((tick) => short.format(tick))).size < ticks.length ? whole : short);
    const keys = [...this.querySelectorAll<HTMLElement>("[data-key]")];
    const grid = { stroke: rule, width: 1 };
    this.#chart = new uPlot(
      {
        width: host.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        padding: [10, 6, 0, 0],
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 9 } },
        scales: { x: { time: false }, y: { range: (_u, low, high) => this.#range(low, high) } },
        axes: [
          {
            stroke: soft,
            font,
            space: 92,
            size: 32,
            grid: { show: false },
            ticks: { show: false },
            values: (_u, places) => places.map((place) => labels[place] ?? ""),
            incrs: [1, 2, 7, 14, 28, 56],
          },
          { stroke: soft, font, size: 54, space: 44, grid, ticks: { show: false }, values: (_u, ticks) => ticks.map((tick) => format(ticks).format(tick)) },
        ],
        series: [
          {},
          ...lines.map((_line, place) => {
            const colour = keys[place] ? getComputedStyle(keys[place]).color : soft;
            const earlier = place > 0;
            return { stroke: colour, width: earlier ? 1.5 : 2.25, dash: earlier ? [5, 5] : [], points: { show: false }, spanGaps: false };
          }),
        ],
        hooks: { setCursor: [(chart) => typeof chart.cursor.idx === "number" && this.#tell(chart.cursor.idx)] },
      },
      [labels.map((_label, place) => place), ...lines],
      host,
    );
  }

  #range(low: number | null, high: number | null): [number, number] {
    const [from, to] = [low ?? 0, high ?? 1];
    if (this.dataset["zero"] === undefined) {
      const room = Math.max(1, (to - from) * 0.15);
      return [Math.max(0, from - room), to + room];
    }
    return [0, Math.max(1, to * 1.08)];
  }

  #fit(): void {
    const host = this.#host();
    if (host && this.#chart && host.clientWidth !== this.#chart.width) this.#chart.setSize({ width: host.clientWidth, height: HEIGHT });
  }

  /** Says a day in words, below the chart and to those who hear it. */
  #tell(place: number): void {
    const { labels, words } = this.#drawn;
    if (place === this.#place || !labels[place]) return;
    this.#place = place;
    const names = [...this.querySelectorAll("[data-key]")].map((key) => key.textContent?.trim() ?? "");
    const said = (words[place] ?? []).map((word, line) => (names.length > 1 ? `${names[line]} ${word}` : word)).join(" · ");
    const readout = this.querySelector("[data-readout]");
    if (readout) readout.textContent = `${labels[place]} · ${said}`;
    const host = this.#host();
    host?.setAttribute("aria-valuenow", String(place + 1));
    host?.setAttribute("aria-valuetext", `${labels[place]} · ${said}`);
  }

  /** Arrows read day after day. */
  readonly #move = (event: KeyboardEvent): void => {
    const last = this.#drawn.labels.length - 1;
    const steps: Record<string, number> = { ArrowLeft: this.#place - 1, ArrowDown: this.#place - 1, ArrowRight: this.#place + 1, ArrowUp: this.#place + 1, Home: 0, End: last };
    const wanted = steps[event.key];
    if (wanted === undefined || !this.#chart) return;
    event.preventDefault();
    const place = Math.min(last, Math.max(0, wanted));
    this.#chart.setCursor({ left: this.#chart.valToPos(place, "x"), top: 0 }, false);
    this.#tell(place);
  };

  /** «t» shows or hides the table. */
  readonly #toggle = (event: KeyboardEvent): void => {
    if (event.key !== "t" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return;
    if (localStorage.getItem(SINGLE_KEYS_OFF) === "off" || document.querySelector("dialog:modal")) return;
    const details = this.querySelector("details");
    if (details) details.open = !details.open;
  };
}

customElements.define("line-chart", LineChart);
