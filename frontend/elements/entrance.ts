// Forms at the entrance: how good a new password is, the zone one is probably in, and a text to copy.

const POOLS: readonly (readonly [RegExp, number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[ -/:-@[-`{-~]/, 33],
  [/[^ -~]/, 100],
];

/** How many bits a guesser would need, about: as identity/passwords.py counts, but for the words that only the server knows. */
function bits(password: string): number {
  let steps = 0;
  let before = 32;
  for (const character of password.toLowerCase()) {
    const now = character.codePointAt(0) ?? 0;
    if (Math.abs(now - before) > 1) steps += 1;
    before = now;
  }
  const pool = POOLS.reduce((sum, [kind, size]) => sum + (kind.test(password) ? size : 0), 0);
  return pool ? steps * Math.log2(pool) : 0;
}

class PasswordStrength extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("input", this.#judge);
  }

  disconnectedCallback(): void {
    this.removeEventListener("input", this.#judge);
  }

  readonly #judge = (event: Event): void => {
    const words = this.querySelector<HTMLElement>("[data-strength]");
    if (!words || !(event.target instanceof HTMLInputElement)) return;
    const password = event.target.value;
    const judged = this.#judged(password);
    words.hidden = password === "";
    words.dataset["strength"] = judged;
    words.textContent = this.dataset[judged] ?? "";
  };

  #judged(password: string): "short" | "weak" | "fair" | "strong" {
    if (password.length < Number(this.dataset["length"])) return "short";
    const found = bits(password);
    if (found < Number(this.dataset["fairBits"])) return "weak";
    return found < Number(this.dataset["strongBits"]) ? "fair" : "strong";
  }
}

class ZoneGuess extends HTMLElement {
  connectedCallback(): void {
    const list = this.querySelector("select");
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!list || list.value !== "UTC" || ![...list.options].some((option) => option.value === here)) return;
    list.value = here;
  }
}

class CopyText extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector("button");
    const field = this.querySelector("input");
    if (!button || !field || !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", () => void this.#copy(button, field));
  }

  async #copy(button: HTMLButtonElement, field: HTMLInputElement): Promise<void> {
    field.select();
    await navigator.clipboard.writeText(field.value);
    const words = button.lastChild;
    if (words) words.textContent = this.dataset["copied"] ?? "";
  }
}

customElements.define("password-strength", PasswordStrength);
customElements.define("zone-guess", ZoneGuess);
customElements.define("copy-text", CopyText);
