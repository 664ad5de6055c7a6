// Small things that every element uses.

/** The page's language, as numbers and times must follow it. */
export const language = (): string => document.documentElement.lang || "en";

/** The token that every write carries. */
export const csrfToken = (): string => document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";

/** Replaces {name} in a sentence that the server wrote in the person's language. */
export const fill = (words: string, values: Readonly<Record<string, string | number>>): string =>
  words.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

const formats = new Map<string, Intl.NumberFormat>();

/** A number with the separators of the page's language. */
export function figure(value: number): string {
  const locale = language();
  let format = formats.get(locale);
  if (!format) formats.set(locale, (format = new Intl.NumberFormat(locale)));
  return format.format(value);
}

/** Whether somebody writes there, so that single keys are theirs. */
export function writes(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
