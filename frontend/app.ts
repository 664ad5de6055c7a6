// The browser's share: htmx with its stream, the elements that decorate what the server wrote, and what every page needs.
import htmx from "htmx.org";
import "htmx.org/dist/ext/hx-sse.js";
import "./elements/command-palette.ts";
import "./elements/comment-desk.ts";
import "./elements/entrance.ts";
import "./elements/keyboard-help.ts";
import "./elements/media-dropzone.ts";
import "./elements/post-composer.ts";
import "./elements/theme-switch.ts";
import "./elements/times.ts";
import "./elements/toast-region.ts";
import { wireFilters } from "./lib/filters.ts";
import { wireOverlays } from "./lib/overlays.ts";
import { wireRequests } from "./lib/requests.ts";

wireRequests();
wireOverlays();
wireFilters();

export { htmx };
