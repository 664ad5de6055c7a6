// Ctrl K (⌘ K): write a few letters, press Enter, be there. The ways are written by the server.

class CommandPalette extends HTMLElement {
  #chosen = 0;

  connectedCallback(): void {
    document.addEventListener("keydown", this.#open);
    this.#field?.addEventListener("input", () => this.#filter());
    this.#field?.addEventListener("keydown", (event) => this.#steer(event));
    this.addEventListener("click", (event) => {
      const way = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-href]") : null;
      if (way) location.assign(way.dataset["href"] ?? "/");
    });
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.#open);
  }

  get #field(): HTMLInputElement | null {
    return this.querySelector("input");
  }

  get #shown(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[data-href]:not([hidden])")];
  }

  readonly #open = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const dialog = this.querySelector("dialog");
    if (!dialog || dialog.open) return dialog?.close();
    if (this.#field) this.#field.value = "";
    dialog.showModal();
    this.#field?.focus();
    this.#filter();
  };

  #filter(): void {
    const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    const wanted = fold(this.#field?.value ?? "");
    for (const way of this.querySelectorAll<HTMLElement>("[data-href]")) way.hidden = !fold(way.textContent ?? "").includes(wanted);
    this.querySelector(".nothing")?.toggleAttribute("hidden", this.#shown.length > 0);
    this.#choose(0);
  }

  #choose(place: number): void {
    const shown = this.#shown;
    this.#chosen = shown.length ? (place + shown.length) % shown.length : 0;
    for (const [here, way] of shown.entries()) way.setAttribute("aria-selected", String(here === this.#chosen));
    const current = shown[this.#chosen];
    if (current) this.#field?.setAttribute("aria-activedescendant", current.id);
    current?.scrollIntoView({ block: "nearest" });
  }

  #steer(event: KeyboardEvent): void {
    if (event.key === "ArrowDown") this.#choose(this.#chosen + 1);
    else if (event.key === "ArrowUp") this.#choose(this.#chosen - 1);
    else if (event.key === "Enter") location.assign(this.#shown[this.#chosen]?.dataset["href"] ?? location.href);
    else return;
    event.preventDefault();
  }
}

customElements.define("command-palette", CommandPalette);
