// The threads of comments by keyboard: «j» and «k» go from one to the next, «r» answers, «Ctrl Enter» sends, «Esc» puts the box away.
// Without it every answer is a link and a form all the same.
import { writes } from "../lib/page.ts";

const OFF_KEY = "huntaze.single-keys";

class CommentDesk extends HTMLElement {
  #after = "";

  connectedCallback(): void {
    document.addEventListener("keydown", this.#press);
    this.addEventListener("htmx:after:settle", this.#opened);
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#press);
    this.removeEventListener("htmx:after:settle", this.#opened);
  }

  readonly #press = (event: KeyboardEvent): void => {
    const field = event.target instanceof HTMLElement ? event.target.closest<HTMLTextAreaElement>("[data-answer]") : null;
    if (field && this.contains(field)) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.form?.requestSubmit();
      else if (event.key === "Escape") this.#close(field);
      return;
    }
    const before = this.#after;
    this.#after = event.key;
    // «g r» goes somewhere: the second key of two in a row is not ours.
    if (before === "g" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return;
    if (localStorage.getItem(OFF_KEY) === "off" || document.querySelector("dialog:modal")) return;
    if (event.key === "j") this.#go(1);
    else if (event.key === "k") this.#go(-1);
    else if (event.key === "r") this.#answer();
    else return;
    event.preventDefault();
  };

  get #threads(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[data-thread]")];
  }

  #go(step: number): void {
    const all = this.#threads;
    const here = all.findIndex((one) => one.contains(document.activeElement));
    const next = here < 0 ? all[step > 0 ? 0 : all.length - 1] : all[here + step];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  /** Answers the last word of the thread in which one stands, or of the first. */
  #answer(): void {
    const all = this.#threads;
    const thread = all.find((one) => one.contains(document.activeElement)) ?? all[0];
    const links = thread?.querySelectorAll<HTMLElement>("[data-do='reply']");
    links?.[links.length - 1]?.click();
  }

  #close(field: HTMLElement): void {
    const thread = field.closest<HTMLElement>("[data-thread]");
    field.closest(".answer-form")?.querySelector<HTMLElement>("[data-do='close']")?.click();
    thread?.focus();
  }

  /** A box that opens takes the focus; one that is gone gives it back to its thread. */
  readonly #opened = (event: Event): void => {
    const box = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>(".thread-box") : null;
    if (!box) return;
    const field = box.querySelector<HTMLElement>("[data-answer], .button.danger");
    if (field) field.focus();
    else if (document.activeElement === document.body) box.closest<HTMLElement>("[data-thread]")?.focus();
  };
}

customElements.define("comment-desk", CommentDesk);
