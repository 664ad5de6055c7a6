// Keys everywhere: «?» opens the help, «/» the search of the page, «g p» goes somewhere, «n» makes something. They can be switched off.
import { writes } from "../lib/page.ts";

const OFF_KEY = "huntaze.single-keys";
const CHORD_MS = 1200;

class KeyboardHelp extends HTMLElement {
  #first = "";
  #timer = 0;

  connectedCallback(): void {
    document.addEventListener("keydown", this.#press);
    const choice = this.querySelector<HTMLInputElement>("[data-single-keys]");
    if (choice) {
      choice.checked = localStorage.getItem(OFF_KEY) !== "off";
      choice.addEventListener("change", () => localStorage.setItem(OFF_KEY, choice.checked ? "on" : "off"));
    }
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#press);
  }

  readonly #press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return;
    if (localStorage.getItem(OFF_KEY) === "off" || document.querySelector("dialog:modal")) return;
    if (event.key === "?") this.querySelector("dialog")?.showModal();
    else if (event.key === "/") document.querySelector<HTMLElement>("main [data-search]")?.focus();
    else if (!this.#go(event.key)) return;
    event.preventDefault();
  };

  /** Follows one key, or two in a row. Answers whether the key was ours. */
  #go(key: string): boolean {
    const ways = new Map((this.dataset["nav"] ?? "").split(" ").map((way) => way.split("=") as [string, string]));
    const typed = this.#first ? `${this.#first}+${key}` : key;
    this.#first = "";
    window.clearTimeout(this.#timer);
    const address = ways.get(typed);
    if (address) {
      location.assign(address);
      return true;
    }
    if (![...ways.keys()].some((way) => way.startsWith(`${key}+`))) return false;
    this.#first = key;
    this.#timer = window.setTimeout(() => (this.#first = ""), CHORD_MS);
    return true;
  }
}

customElements.define("keyboard-help", KeyboardHelp);
