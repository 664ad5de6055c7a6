// Sends what is dropped or chosen, with its progress; orders a composer's strip by drag, by buttons and by Alt+arrows.
import htmx from "htmx.org";
import { csrfToken, fill } from "../lib/page.ts";

class MediaDropzone extends HTMLElement {
  #dragged: HTMLElement | null = null;

  connectedCallback(): void {
    const files = this.querySelector<HTMLInputElement>('input[type="file"]');
    files?.addEventListener("change", () => {
      this.#send([...(files.files ?? [])]);
      files.value = "";
    });
    this.addEventListener("dragover", this.#over);
    this.addEventListener("dragleave", this.#leave);
    this.addEventListener("drop", this.#drop);
    this.addEventListener("dragstart", this.#take);
    this.addEventListener("dragend", () => this.#release());
    this.addEventListener("click", (event) => this.#press(event));
    this.addEventListener("keydown", (event) => this.#key(event));
  }

  get #strip(): HTMLElement | null {
    return this.querySelector(".strip");
  }

  get #items(): HTMLElement[] {
    return [...(this.#strip?.querySelectorAll<HTMLElement>(".strip-item") ?? [])];
  }

  readonly #over = (event: DragEvent): void => {
    event.preventDefault();
    if (!this.#dragged) {
      this.toggleAttribute("data-over", true);
      return;
    }
    const under = event.target instanceof Element ? event.target.closest<HTMLElement>(".strip-item") : null;
    for (const item of this.#items) item.toggleAttribute("data-over", item === under && item !== this.#dragged);
  };

  readonly #leave = (event: DragEvent): void => {
    if (!(event.relatedTarget instanceof Node && this.contains(event.relatedTarget))) this.removeAttribute("data-over");
  };

  readonly #drop = (event: DragEvent): void => {
    event.preventDefault();
    this.removeAttribute("data-over");
    const under = event.target instanceof Element ? event.target.closest<HTMLElement>(".strip-item") : null;
    if (this.#dragged && under) this.#place(this.#dragged, this.#items.indexOf(under));
    else if (!this.#dragged) this.#send([...(event.dataTransfer?.files ?? [])]);
    this.#release();
  };

  readonly #take = (event: DragEvent): void => {
    this.#dragged = event.target instanceof Element ? event.target.closest<HTMLElement>(".strip-item") : null;
    this.#dragged?.toggleAttribute("data-dragging", true);
  };

  #release(): void {
    this.#dragged = null;
    for (const item of this.#items) {
      item.removeAttribute("data-dragging");
      item.removeAttribute("data-over");
    }
  }

  #press(event: MouseEvent): void {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-move],[data-remove]") : null;
    const item = button?.closest<HTMLElement>(".strip-item");
    if (!button || !item) return;
    if (button.dataset["remove"] !== undefined) {
      item.remove();
      this.#number();
      this.querySelector<HTMLElement>('input[type="file"]')?.focus();
    } else {
      this.#place(item, this.#items.indexOf(item) + Number(button.dataset["move"]));
      button.focus();
    }
  }

  #key(event: KeyboardEvent): void {
    const item = event.target instanceof Element ? event.target.closest<HTMLElement>(".strip-item") : null;
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (!item || !event.altKey || step === 0) return;
    event.preventDefault();
    const held = document.activeElement;
    this.#place(item, this.#items.indexOf(item) + step);
    if (held instanceof HTMLElement) held.focus();
  }

  /** Puts an item at a place and says so. */
  #place(item: HTMLElement, place: number): void {
    const others = this.#items.filter((other) => other !== item);
    const to = Math.max(0, Math.min(place, others.length));
    const before = others[to];
    if (before) before.before(item);
    else this.#strip?.append(item);
    this.#number();
    this.#announce(fill(this.dataset["moved"] ?? "", { name: item.dataset["name"] ?? "", place: to + 1, total: others.length + 1 }));
  }

  #number(): void {
    for (const [place, item] of this.#items.entries()) {
      const mark = item.querySelector(".strip-place");
      if (mark) mark.textContent = String(place + 1);
    }
    this.dispatchEvent(new CustomEvent("huntaze:media", { bubbles: true }));
  }

  #announce(words: string): void {
    const place = this.querySelector("[data-announce]");
    if (place) place.textContent = words;
  }

  #send(files: readonly File[]): void {
    for (const file of files) this.#upload(file);
  }

  #upload(file: File): void {
    const line = this.#line(file.name);
    const request = new XMLHttpRequest();
    const bar = line.querySelector("progress");
    request.upload.addEventListener("progress", (event) => {
      if (bar && event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("load", () => {
      if (request.status < 300) {
        line.remove();
        this.#add(request.responseText);
      } else this.#fail(line, file, request.getResponseHeader("X-Reason") ?? "");
    });
    request.addEventListener("error", () => this.#fail(line, file, ""));
    line.querySelector("button")?.addEventListener("click", () => {
      request.abort();
      line.remove();
    });
    request.open("POST", this.dataset["uploadUrl"] ?? "");
    request.setRequestHeader("X-CSRF-Token", csrfToken());
    request.setRequestHeader("HX-Request", "true");
    const body = new FormData();
    body.append("file", file);
    request.send(body);
  }

  #line(name: string): HTMLElement {
    const line = document.createElement("li");
    line.className = "upload";
    const title = document.createElement("span");
    title.className = "name";
    title.textContent = name;
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.className = "button quiet";
    cancel.textContent = this.dataset["cancel"] ?? "";
    const holder = document.createElement("div");
    holder.className = "progress";
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    holder.append(bar);
    line.append(title, cancel, holder);
    this.querySelector(".uploads")?.append(line);
    return line;
  }

  #fail(line: HTMLElement, file: File, reason: string): void {
    line.querySelector(".progress")?.remove();
    const words = document.createElement("span");
    words.className = "wrong";
    words.textContent = `${fill(this.dataset["failed"] ?? "", { name: file.name })} ${decodeURIComponent(reason)}`.trim();
    line.append(words);
  }

  /** Puts the server's answer (one item, or several) into the strip, or into the list that the page names. */
  #add(html: string): void {
    const list = this.dataset["into"] ? document.querySelector(this.dataset["into"]) : this.#strip;
    if (!list) return;
    const parsed = document.createElement("template");
    parsed.innerHTML = html;
    const added = [...parsed.content.children];
    if (this.dataset["into"]) list.prepend(...added);
    else list.append(...added);
    for (const item of added) htmx.process(item);
    this.#number();
  }
}

customElements.define("media-dropzone", MediaDropzone);
