// The entry: defines <amur-chat> and the global `Amur`, and makes the widget that the script tag asks for.
import { AmurChat } from "./element";
import { ATTRIBUTES, FORMS, type Options, oneOf, serverAddress } from "./options";
import type { Answer } from "./types";

const NAME = "amur-chat";

const Amur = {
  /** Make a widget and put it into `target` (an element or a selector), else at the end of the page. */
  init(options: Options = {}): AmurChat {
    const made = make(options);
    placeOf(options).append(made);
    return made;
  },

  /** Open a widget, by default the first of the page. */
  open(widget: AmurChat = first()): void {
    widget.open();
  },

  /** Close a widget, by default the first of the page. */
  close(widget: AmurChat = first()): void {
    widget.close();
  },

  /** Put a question to a widget, by default the first of the page; resolve to the answer. */
  ask(question: string, widget: AmurChat = first()): Promise<Answer> {
    return widget.ask(question);
  },

  /** Take a widget off the page, by default every one. */
  destroy(widget?: AmurChat): void {
    for (const one of widget ? [widget] : all()) one.destroy();
  },
};

function placeOf({ target }: Options): Element {
  const place = typeof target === "string" ? document.querySelector(target) : (target ?? document.body);
  if (!place) throw new TypeError(`Amur.init: there is no element ${JSON.stringify(target)} on this page`);
  return place;
}

function make(options: Options): AmurChat {
  const made = document.createElement(NAME) as AmurChat;
  for (const name of ATTRIBUTES) {
    const value = options[name];
    if (value !== undefined) made.setAttribute(name, value);
  }
  return made;
}

function all(): AmurChat[] {
  return [...document.querySelectorAll<AmurChat>(NAME)];
}

function first(): AmurChat {
  const [widget] = all();
  if (!widget) throw new TypeError("there is no <amur-chat> on this page; make one with Amur.init()");
  return widget;
}

/** Make the widget of a script tag that names a form: <script src="…/embed/amur.js" data-form="bubble" async>.
 *
 * A page that changes without being loaded anew runs the tag again: what went with the old page is made again, what is still
 * there is not made twice.
 */
function makeAsked(script: HTMLScriptElement, first: boolean): void {
  const { form, target } = script.dataset;
  if (form === undefined) return;
  const given = Object.fromEntries(
    ATTRIBUTES.map((name) => [name, script.dataset[name]]).filter(([, value]) => value !== undefined),
  );
  const options: Options = first ? given : { src: serverAddress(null, script.src), ...given };
  if (target === undefined && form === "inline" && document.body.contains(script)) {
    if (script.nextElementSibling?.localName !== NAME) script.after(make(options));
    return;
  }
  const asked = target === undefined ? options : { ...options, target };
  const there = [...placeOf(asked).children].filter((child) => child.localName === NAME);
  if (!there.some((one) => oneOf(FORMS, one.getAttribute("form")) === oneOf(FORMS, form))) Amur.init(asked);
}

declare global {
  interface Window {
    Amur?: typeof Amur;
  }
}

const script = document.currentScript as HTMLScriptElement | null;
const isFirst = !customElements.get(NAME);
if (isFirst) {
  customElements.define(NAME, AmurChat);
  window.Amur = Amur;
  document.dispatchEvent(new CustomEvent("amur:ready"));
}
if (script && document.body) makeAsked(script, isFirst);
else if (script) document.addEventListener("DOMContentLoaded", () => makeAsked(script, isFirst), { once: true });
