// Light, dark or as the system says, at once and without a request; the cookie lets the server write the next page right.

const YEAR_S = 31_536_000;

class ThemeSwitch extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("submit", (event) => {
      const theme = event.submitter?.getAttribute("value");
      if (!theme) return;
      event.preventDefault();
      const secure = location.protocol === "https:" ? "; secure" : "";
      document.cookie = `huntaze_theme=${theme}; path=/; max-age=${YEAR_S}; samesite=lax${secure}`;
      if (theme === "system") delete document.documentElement.dataset["theme"];
      else document.documentElement.dataset["theme"] = theme;
      for (const button of document.querySelectorAll('theme-switch button[name="theme"]')) {
        button.setAttribute("aria-pressed", String(button.getAttribute("value") === theme));
      }
    });
  }
}

customElements.define("theme-switch", ThemeSwitch);
