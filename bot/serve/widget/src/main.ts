// The entry: defines <amur-chat> and the global `Amur`, and makes the widget that the script tag asks for.
import { AmurChat } from "./element";
import { ATTRIBUTES, type Options } from "./options";
import type { Answer } from "./types";

const NAME = "amur-chat";

const Amur = {
  /** Make a widget and put it into `target` (an element or a selector), else at the end of the page. */
  init(options: Options = {}): AmurChat {
    const { target } = options;
    const place = typeof target === "string" ? document.querySelector(target) : (target ?? document.body);
    if (!place) throw new TypeError(`Amur.init: there is no element ${JSON.stringify(target)} on this page`);
    const made = make(options);
    place.append(made);
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

/** Make the widget of a script tag that names a form: <script src="…/embed/amur.js" data-form="bubble" async>. */
function makeAsked(script: HTMLScriptElement): void {
  const { form, target } = script.dataset;
  if (form === undefined) return;
  const options: Options = Object.fromEntries(ATTRIBUTES.map((name) => [name, script.dataset[name]]));
  if (target !== undefined) Amur.init({ ...options, target });
  else if (form === "inline" && document.body.contains(script)) script.after(make(options));
  else Amur.init(options);
}

declare global {
  interface Window {
    Amur?: typeof Amur;
  }
}

if (!customElements.get(NAME)) {
  const script = document.currentScript as HTMLScriptElement | null;
  customElements.define(NAME, AmurChat);
  window.Amur = Amur;
  document.dispatchEvent(new CustomEvent("amur:ready"));
  if (script && document.body) makeAsked(script);
  else if (script) document.addEventListener("DOMContentLoaded", () => makeAsked(script), { once: true });
}
