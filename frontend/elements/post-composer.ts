// The composer thinks while one writes: phone, counters, «Before publishing», and a draft on the server every three seconds.
import { characters, cutCaption, hashtags, mentions } from "../lib/caption.ts";
import { csrfToken, figure, fill, language } from "../lib/page.ts";

const SAVE_EVERY_MS = 3000;
const RETRY_MS = 10_000;
const SAVE_PATIENCE_MS = 15_000;

class PostComposer extends HTMLElement {
  #timer = 0;
  #changed = false;
  #saving: Promise<void> | null = null;

  connectedCallback(): void {
    this.addEventListener("input", this.#touched);
    this.addEventListener("change", this.#touched);
    this.addEventListener("huntaze:media", this.#touched);
    this.addEventListener("keydown", this.#key);
    window.addEventListener("beforeunload", this.#leave);
    this.#form?.addEventListener("submit", (event) => this.#send(event));
    this.#show();
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.#timer);
    window.removeEventListener("beforeunload", this.#leave);
  }

  get #form(): HTMLFormElement | null {
    return this.querySelector("form");
  }

  get #caption(): string {
    return this.querySelector<HTMLTextAreaElement>("[data-caption]")?.value ?? "";
  }

  get #media(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(".strip-item")];
  }

  #most(name: "characters" | "hashtags" | "mentions" | "media"): number {
    return Number(this.dataset[name] ?? Infinity);
  }

  readonly #touched = (event: Event): void => {
    if (event.target instanceof HTMLInputElement && event.target.type === "file") return;
    this.#show();
    this.#changed = true;
    if (!this.#timer) this.#timer = window.setTimeout(() => this.#save(), SAVE_EVERY_MS);
  };

  readonly #leave = (event: BeforeUnloadEvent): void => {
    if (this.#changed && this.dataset["saveUrl"]) event.preventDefault();
  };

  /** What is sent while its draft is being saved waits for it: a second post would stand beside the draft. */
  #send(event: SubmitEvent): void {
    window.clearTimeout(this.#timer);
    if (this.#saving) {
      event.preventDefault();
      void this.#saving.then(() => this.#form?.requestSubmit(event.submitter));
      return;
    }
    this.#changed = false;
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.key === "Enter") this.querySelector<HTMLButtonElement>("[data-main]:not(:disabled)")?.click();
    else if (event.key.toLowerCase() === "s") this.#save();
    else return;
    event.preventDefault();
  };

  #show(): void {
    const caption = this.#caption;
    const used = { characters: characters(caption), hashtags: hashtags(caption), mentions: mentions(caption) };
    for (const name of ["characters", "hashtags", "mentions"] as const) this.#count(name, used[name]);
    for (const text of this.querySelectorAll<HTMLTextAreaElement>("[data-counted]")) {
      this.#count(text.dataset["counted"] ?? "", characters(text.value.trim()));
    }
    this.#check("caption-length", used.characters <= this.#most("characters"));
    this.#check("hashtags", used.hashtags <= this.#most("hashtags"));
    this.#check("mentions", used.mentions <= this.#most("mentions"));
    this.#check("media", this.#media.length > 0);
    this.#check("media-count", this.#media.length <= this.#most("media"));
    const accounts = this.querySelectorAll('input[name="account"]');
    if (accounts.length) this.#check("account", this.querySelector('input[name="account"]:checked') !== null);
    const described = [...this.querySelectorAll<HTMLInputElement>('.strip-item input[name^="alt-"]')].every((field) => field.value.trim());
    this.#check("alt-text", described);
    const time = this.querySelector<HTMLInputElement>('input[type="datetime-local"]');
    if (time?.min) this.#check("time", !time.value || time.value >= time.min);
    this.#tellKind();
    this.#tellMain(Boolean(time?.value));
    this.#preview(caption);
  }

  #count(name: string, used: number): void {
    const counter = this.querySelector<HTMLElement>(`[data-counter="${name}"]`);
    if (!counter) return;
    const most = Number(counter.dataset["most"]);
    counter.textContent = fill(counter.dataset["words"] ?? "", { n: figure(used), most: figure(most) });
    counter.toggleAttribute("data-over", used > most);
  }

  /** A kind that is chosen holds, else the media say what the post is: one video is a reel. */
  get #isReel(): boolean {
    const chosen = this.querySelector<HTMLInputElement>('input[name="media_type"]:checked');
    if (chosen) return chosen.value.toLowerCase().startsWith("reel");
    return this.#media.length === 1 && this.#media[0]?.dataset["kind"] === "video";
  }

  #tellKind(): void {
    const place = this.querySelector<HTMLElement>("[data-media-kind]");
    if (!place) return;
    const key = this.#media.length > 1 ? "several" : this.#isReel ? "video" : "image";
    const words = this.#media.length ? (place.dataset[key] ?? "") : "";
    if (place.textContent !== words) place.textContent = words;
  }

  /** The main button says what pressing it does: now, or at the time. */
  #tellMain(later: boolean): void {
    const main = this.querySelector<HTMLButtonElement>("[data-main]");
    const words = main?.dataset[later ? "later" : "now"];
    const text = main?.lastChild;
    if (words && text && text.textContent !== words) text.textContent = words;
  }

  #check(name: string, holds: boolean): void {
    const line = this.querySelector<HTMLElement>(`[data-check="${name}"]`);
    if (!line) return;
    const state = holds ? "good" : (line.dataset["severity"] ?? "block");
    if (line.dataset["state"] !== state) line.dataset["state"] = state;
  }

  #preview(caption: string): void {
    const phone = this.querySelector<HTMLElement>(".phone");
    if (!phone) return;
    phone.dataset["shape"] = this.#isReel ? "reel" : "feed";
    const chosen = this.querySelector('input[name="account"]:checked')?.closest("label")?.querySelector("[data-handle]");
    const handle = chosen?.getAttribute("data-handle");
    const shownHandle = phone.querySelector('[data-preview="handle"]');
    if (handle && shownHandle) shownHandle.textContent = handle;
    const face = chosen?.querySelector(".avatar");
    if (face) phone.querySelector(".phone-head > .avatar")?.replaceWith(face.cloneNode(true));
    const place = phone.querySelector('[data-preview="caption"]');
    if (place) this.#writeCaption(place, handle ?? shownHandle?.textContent ?? "", caption);
    const picture = phone.querySelector('[data-preview="media"]');
    if (picture && this.querySelector(".strip")) this.#writeMedia(picture);
  }

  #writeCaption(place: Element, handle: string, caption: string): void {
    const { shown, hidden } = cutCaption(caption);
    const name = document.createElement("strong");
    name.textContent = `${handle} `;
    const pieces: Node[] = [name];
    let end = 0;
    for (const tag of shown.matchAll(/[#@][\p{L}\p{N}_.]*[\p{L}\p{N}_]/gu)) {
      const mark = document.createElement("span");
      mark.className = "tagged";
      mark.textContent = tag[0];
      pieces.push(document.createTextNode(shown.slice(end, tag.index)), mark);
      end = tag.index + tag[0].length;
    }
    pieces.push(document.createTextNode(shown.slice(end)));
    if (hidden) {
      const more = document.createElement("span");
      more.className = "phone-more";
      more.textContent = `… ${this.dataset["more"] ?? ""}`;
      pieces.push(more);
    }
    place.replaceChildren(...pieces);
  }

  /** The first picture of the strip, and how many there are. An unchanged video is left alone, so that it keeps playing. */
  #writeMedia(place: Element): void {
    const first = this.#media[0]?.querySelector<HTMLImageElement | HTMLVideoElement>("img, video") ?? null;
    const here = place.querySelector<HTMLImageElement | HTMLVideoElement>(":scope > img, :scope > video");
    if (here?.getAttribute("src") !== first?.getAttribute("src") || here?.tagName !== first?.tagName) {
      here?.remove();
      const copy = first?.cloneNode(true) as HTMLImageElement | HTMLVideoElement | undefined;
      if (copy instanceof HTMLVideoElement) copy.controls = true;
      if (copy) place.prepend(copy);
    }
    place.querySelector(".phone-page")?.remove();
    if (this.#media.length < 2) return;
    const page = document.createElement("span");
    page.className = "phone-page";
    page.textContent = `1/${this.#media.length}`;
    place.append(page);
  }

  #tell(state: "saved" | "saving" | "failed", words: string): void {
    const place = this.querySelector<HTMLElement>("[data-save-state]");
    const text = place?.querySelector("span");
    if (!place || !text) return;
    place.dataset["state"] = state;
    text.textContent = words;
  }

  #save(): void {
    window.clearTimeout(this.#timer);
    this.#timer = 0;
    const address = this.dataset["saveUrl"];
    const form = this.#form;
    if (!address || !form) return;
    if (this.#saving) {
      this.#timer = window.setTimeout(() => this.#save(), SAVE_EVERY_MS);
      return;
    }
    this.#changed = false;
    this.#tell("saving", this.dataset["saving"] ?? "");
    this.#saving = this.#keep(address, form).finally(() => {
      this.#saving = null;
    });
  }

  async #keep(address: string, form: HTMLFormElement): Promise<void> {
    try {
      const body = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
      const headers = { "X-CSRF-Token": csrfToken(), Accept: "application/json" };
      const signal = AbortSignal.timeout(SAVE_PATIENCE_MS);
      const answer = await fetch(address, { method: "POST", body, headers, redirect: "error", signal });
      if (answer.status === 409) return this.#tell("failed", this.dataset["conflict"] ?? "");
      if (!answer.ok) throw new Error(String(answer.status));
      this.#kept((await answer.json()) as { version?: string; url?: string; saveUrl?: string; action?: string });
    } catch {
      this.#changed = true;
      this.#tell("failed", this.dataset["unsaved"] ?? "");
      this.#timer ||= window.setTimeout(() => this.#save(), RETRY_MS);
    }
  }

  /** A first save gives the draft its address, so that a reload finds it. */
  #kept(answer: { version?: string; url?: string; saveUrl?: string; action?: string }): void {
    const version = this.querySelector<HTMLInputElement>('input[name="version"]');
    if (answer.version && version) version.value = answer.version;
    if (answer.url && answer.url !== location.pathname) history.replaceState(history.state, "", answer.url);
    if (answer.saveUrl) this.dataset["saveUrl"] = answer.saveUrl;
    if (answer.action && this.#form) this.#form.action = answer.action;
    const time = new Intl.DateTimeFormat(language(), { timeStyle: "short" }).format(new Date());
    this.#tell("saved", fill(this.dataset["saved"] ?? "", { time }));
  }
}

customElements.define("post-composer", PostComposer);
