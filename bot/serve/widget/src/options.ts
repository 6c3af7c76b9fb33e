// What a host page may choose: how the widget looks and where it stands. Nothing here reaches the server's answers.

/** Every attribute of <amur-chat>; the script tag takes the same as data-…, `Amur.init` as a record. */
export const ATTRIBUTES = ["src", "form", "lang", "theme", "accent", "heading", "greeting", "questions", "position"] as const;

/** What the element tells the page, as events `amur:…` that bubble out of the shadow root. */
export const EVENTS = ["open", "close", "answer", "citation", "error"] as const;

export type Attribute = (typeof ATTRIBUTES)[number];

export type Options = { readonly [name in Attribute]?: string | undefined } & { readonly target?: string | Element };

export const FORMS = ["bubble", "inline", "page"] as const;
export const THEMES = ["auto", "light", "dark"] as const;
export const POSITIONS = ["right", "left"] as const;

/** Return the value if it is one of those there are, else the first of them. */
export function oneOf<T extends string>(values: readonly [T, ...T[]], value: string | null): T {
  return values.find((known) => known === value) ?? values[0];
}

/** Return the server's address from an attribute or from the address of this script; empty if it is none of the web. */
export function serverAddress(src: string | null, script: string): string {
  try {
    const url = src ? new URL(src, document.baseURI) : new URL(script.replace(/\/embed\/.*$/, "/"));
    if (!/^https?:$/.test(url.protocol)) return "";
    return (url.origin + url.pathname).replace(/\/+$/, "");
  } catch {
    return "";
  }
}
