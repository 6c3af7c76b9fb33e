// Makes elements. All text is set as text: nothing from the server, a document or the host page is ever read as markup.

type Child = Node | string | null | undefined | false;

type Given = Readonly<Record<string, string | boolean | undefined>>;

/** Return an element; an attribute that is `false` or undefined is left out, one that is `true` is set empty. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  given: Given = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child): child is Node | string => Boolean(child)));
  return made;
}

/** Return a button that does something. */
export function button(given: Given, act: () => void, ...children: Child[]): HTMLButtonElement {
  const made = el("button", { type: "button", ...given }, ...children);
  made.addEventListener("click", act);
  return made;
}

/** Return an icon that screen readers pass over; `path` is drawn on a square of 24. */
export function icon(path: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** Return the address if a reader may be sent to it: http or https, nothing else. */
export function webAddress(url: string | null | undefined): string | null {
  try {
    const { protocol, href } = new URL(url ?? "");
    return protocol === "https:" || protocol === "http:" ? href : null;
  } catch {
    return null;
  }
}

/** Return a link that opens beside the page, or the bare text where the address is not one of the web. */
export function link(url: string | null | undefined, text: string): HTMLElement {
  const href = webAddress(url);
  if (!href) return el("span", {}, text);
  return el("a", { href, target: "_blank", rel: "noopener noreferrer", part: "link" }, text);
}

export const ICONS = {
  chat: "M4 5h16v11H9l-5 4z",
  close: "M6 6l12 12M18 6L6 18",
  fresh: "M4 12a8 8 0 1 0 2.6-5.9M4 4v4h4",
  send: "M5 12h13M12 5l7 7-7 7",
  stop: "M7 7h10v10H7z",
  up: "M7 11v9H4v-9zM7 11l4-8c2 0 2.6 1.4 2.2 3.2L12.6 9H20l-1.8 11H7",
  down: "M17 13V4h3v9zM17 13l-4 8c-2 0-2.6-1.4-2.2-3.2l.6-2.8H4L5.8 4H17",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
} as const;
