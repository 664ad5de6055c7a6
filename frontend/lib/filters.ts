// A filter bar works by its Apply button; with scripts a choice applies at once and the button goes.

export function wireFilters(): void {
  const tidy = (): void => {
    for (const button of document.querySelectorAll<HTMLElement>("form.filters [data-apply]")) button.hidden = true;
  };
  tidy();
  document.addEventListener("htmx:after:swap", tidy);
  document.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement && event.target.matches("[data-filter]")) event.target.form?.requestSubmit();
  });
}
