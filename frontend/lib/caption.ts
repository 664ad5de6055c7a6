// Instagram's cut of a caption, as huntaze/ui/parts/phone.py makes it: about 125 characters or the first line break, then «… more».

export const CAPTION_CUT = 125;

/** The part of a caption that a feed shows, and whether something is hidden. Characters are code points, as Python counts them. */
export function cutCaption(text: string, limit: number = CAPTION_CUT): { shown: string; hidden: boolean } {
  const whole = text.trim();
  let shown = (whole.split("\n", 1)[0] ?? "").trimEnd();
  const points = [...shown];
  if (points.length > limit) {
    const cut = points.slice(0, limit + 1).join("").replace(/\s+\S*$/, "");
    shown = cut && [...cut].length <= limit ? cut : points.slice(0, limit).join("");
  }
  return { shown, hidden: shown.length < whole.length };
}

/** How many hashtags a caption holds. */
export const hashtags = (text: string): number => (text.match(/(^|[^\w&#])#[\p{L}\p{N}_]+/gu) ?? []).length;

/** How many accounts a caption mentions. */
export const mentions = (text: string): number => (text.match(/(^|[^\w@])@[\w.]+/g) ?? []).length;

/** Code points of a text. */
export const characters = (text: string): number => [...text].length;
