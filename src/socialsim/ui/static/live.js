// Asks now and then whether anything happened, and shows the live parts of the page anew. Without it the pages work too.
"use strict";

const PULSE_MS = 1500;
const STALE_MS = 60_000;
const root = document.documentElement;
let shownAt = performance.now();

function isBusy(part) {
  const fields = [...part.querySelectorAll("input:not([type=hidden]), textarea, select")];
  return fields.some((field) => field === document.activeElement || ("defaultValue" in field && field.value !== field.defaultValue));
}

function replace(part, fresh) {
  if (part.innerHTML === fresh.innerHTML) return;
  const open = [...part.querySelectorAll("details[open][id]")].map((details) => details.id);
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  part.replaceChildren(...fresh.childNodes);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(part.id);
    if (fresh && !isBusy(part)) replace(part, fresh);
  }
  root.dataset.pulse = page.documentElement.dataset.pulse;
  shownAt = performance.now();
}

async function look() {
  if (!document.hidden) {
    try {
      const pulse = await (await fetch("/pulse")).text();
      if (pulse !== root.dataset.pulse || performance.now() - shownAt > STALE_MS) await refresh();
      delete root.dataset.lost;
    } catch {
      root.dataset.lost = "";
    }
  }
  setTimeout(look, PULSE_MS);
}

function tick() {
  for (const clock of document.querySelectorAll("[data-epoch]")) {
    clock.dataset.since ??= performance.now();
    const epoch = Number(clock.dataset.epoch) * 1000 + performance.now() - Number(clock.dataset.since);
    clock.textContent = new Date(epoch).toISOString().slice(11, 19);
  }
}

setTimeout(look, PULSE_MS);
setInterval(tick, 1000);
