// What htmx's requests need everywhere: the token, a line while one waits, a word when something fails, a sign when the stream is lost.
import { csrfToken } from "./page.ts";

interface RequestContext {
  request: { method: string; headers: Record<string, string>; action: string };
  response?: { status: number };
  sourceElement?: Element;
}

const SHOW_LINE_AFTER_MS = 150;
const SHOW_LOST_AFTER_MS = 1500;

const contextOf = (event: Event): RequestContext | undefined => (event as CustomEvent<{ ctx?: RequestContext }>).detail?.ctx;
const isStream = (event: Event): boolean => event.target instanceof Element && event.target.id === "live";

export function wireRequests(): void {
  document.addEventListener("htmx:config:request", (event) => {
    const context = contextOf(event);
    if (context && context.request.method !== "GET") context.request.headers["X-CSRF-Token"] = csrfToken();
  });
  wireLine();
  wireFailures();
  wireStream();
}

function wireLine(): void {
  let waiting = 0;
  let timer = 0;
  document.addEventListener("htmx:before:request", (event) => {
    if (isStream(event)) return;
    waiting += 1;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => document.body.toggleAttribute("data-busy", waiting > 0), SHOW_LINE_AFTER_MS);
  });
  document.addEventListener("htmx:finally:request", (event) => {
    if (isStream(event)) return;
    waiting = Math.max(0, waiting - 1);
    if (waiting > 0) return;
    window.clearTimeout(timer);
    document.body.removeAttribute("data-busy");
  });
}

function wireFailures(): void {
  const say = (reason: string): void => {
    document.dispatchEvent(new CustomEvent("huntaze:failed", { detail: { reason } }));
  };
  document.addEventListener("htmx:response:error", (event) => {
    const status = contextOf(event)?.response?.status ?? 0;
    if (isStream(event) || status === 422 || status === 409) return;
    const reasons: Record<number, string> = { 401: "signedOut", 403: "refused", 404: "gone", 429: "busy" };
    say(reasons[status] ?? "failed");
  });
  document.addEventListener("htmx:error", (event) => {
    if (!isStream(event) && contextOf(event) && !contextOf(event)?.response) say("offline");
  });
}

/** «Reconnecting» appears only when a cut lasts; a hidden tab's pause and a quick restart stay silent. */
function wireStream(): void {
  const sign = document.getElementById("reconnecting");
  let timer = 0;
  const lost = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => sign?.removeAttribute("hidden"), SHOW_LOST_AFTER_MS);
  };
  const found = (): void => {
    window.clearTimeout(timer);
    sign?.setAttribute("hidden", "");
  };
  document.addEventListener("htmx:sse:error", lost);
  document.addEventListener("htmx:sse:after:connection", found);
}
