// Dialogs and menus are the browser's own. This fills the gaps of browsers that lack invoker commands, light dismiss or anchors,
// and moves through a menu with the arrows.

export function wireOverlays(): void {
  if (!("commandForElement" in HTMLButtonElement.prototype)) document.addEventListener("click", obeyCommand);
  if (!("closedBy" in HTMLDialogElement.prototype)) document.addEventListener("click", closeFromBeside);
  if (!CSS.supports("position-area", "block-end")) document.addEventListener("toggle", placeMenu, true);
  document.addEventListener("keydown", moveInMenu);
  document.addEventListener("toggle", focusFirstLine, true);
}

function obeyCommand(event: Event): void {
  const button = event.target instanceof Element ? event.target.closest("button[commandfor]") : null;
  const dialog = button && document.getElementById(button.getAttribute("commandfor") ?? "");
  if (!(dialog instanceof HTMLDialogElement)) return;
  if (button?.getAttribute("command") === "show-modal") dialog.showModal();
  else dialog.close();
}

function closeFromBeside(event: Event): void {
  if (event.target instanceof HTMLDialogElement && event.target.getAttribute("closedby") === "any") event.target.close();
}

function placeMenu(event: Event): void {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.matches(".menu:popover-open") || matchMedia("(max-width: 767px)").matches) return;
  const opener = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`)?.getBoundingClientRect();
  if (!opener) return;
  const { offsetHeight: height, offsetWidth: width } = menu;
  const fitsBelow = opener.bottom + height + 12 < innerHeight;
  menu.style.top = `${fitsBelow ? opener.bottom : Math.max(8, opener.top - height - 12)}px`;
  menu.style.left = `${Math.max(8, Math.min(opener.right - width, innerWidth - width - 8))}px`;
}

const lines = (menu: Element): HTMLElement[] => [...menu.querySelectorAll<HTMLElement>(".menu-item")];

function focusFirstLine(event: Event): void {
  const menu = event.target;
  if (menu instanceof HTMLElement && menu.matches(".menu:popover-open") && document.activeElement?.matches(":focus-visible")) {
    lines(menu)[0]?.focus();
  }
}

function moveInMenu(event: KeyboardEvent): void {
  const menu = event.target instanceof Element ? event.target.closest(".menu") : null;
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (!menu || step === 0) return;
  const all = lines(menu);
  const here = all.indexOf(document.activeElement as HTMLElement);
  all[(here + step + all.length) % all.length]?.focus();
  event.preventDefault();
}
