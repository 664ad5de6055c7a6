// The corner where short words appear: those of the server (partials into #toasts) and those the browser must say itself.

const STAY_MS = 8000;

class ToastRegion extends HTMLElement {
  #watch: MutationObserver | undefined;

  connectedCallback(): void {
    const list = this.querySelector("#toasts");
    if (!list) return;
    this.#watch = new MutationObserver((records) => {
      for (const record of records) for (const node of record.addedNodes) if (node instanceof HTMLElement) this.#mind(node);
    });
    this.#watch.observe(list, { childList: true });
    for (const toast of list.children) this.#mind(toast as HTMLElement);
    list.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest("[data-close]")) event.target.closest(".toast")?.remove();
    });
    document.addEventListener("huntaze:failed", this.#failed);
  }

  disconnectedCallback(): void {
    this.#watch?.disconnect();
    document.removeEventListener("huntaze:failed", this.#failed);
  }

  readonly #failed = (event: Event): void => {
    const { reason } = (event as CustomEvent<{ reason: string }>).detail;
    this.say(this.dataset[reason] ?? this.dataset["failed"] ?? "", "bad");
  };

  /** Shows a sentence that is already in the person's language. */
  say(words: string, tone: "good" | "bad"): void {
    const list = this.querySelector("#toasts");
    const marks = this.querySelector("template")?.content;
    if (!list || !marks || [...list.children].some((toast) => toast.querySelector("span")?.textContent === words)) return;
    const mark = (name: string): Node | undefined => marks.querySelector(`[data-mark="${name}"] svg`)?.cloneNode(true);
    const toast = document.createElement("div");
    toast.className = `toast ${tone}`;
    toast.dataset["tone"] = tone;
    const text = document.createElement("span");
    text.textContent = words;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button quiet only-icon";
    close.dataset["close"] = "";
    close.setAttribute("aria-label", this.dataset["close"] ?? "");
    close.append(mark("x") ?? "×");
    toast.append(mark(tone === "bad" ? "circle-alert" : "circle-check") ?? "", text, close);
    list.append(toast);
  }

  /** A toast goes after 8 seconds, unless it is a failure, or a pointer or the focus rests on it. */
  #mind(toast: HTMLElement): void {
    if (toast.dataset["tone"] === "bad") return;
    let timer = 0;
    const start = (): void => {
      timer = window.setTimeout(() => toast.remove(), STAY_MS);
    };
    const stay = (): void => window.clearTimeout(timer);
    for (const type of ["pointerenter", "focusin"]) toast.addEventListener(type, stay);
    for (const type of ["pointerleave", "focusout"]) toast.addEventListener(type, start);
    start();
  }
}

customElements.define("toast-region", ToastRegion);
