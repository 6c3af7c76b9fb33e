// The frame around a conversation: launcher, heading, list of turns, the box for a question. Knows nothing of answers.
import { button, el, ICONS, icon } from "./dom";
import type { FORMS, POSITIONS, THEMES } from "./options";
import type { Words } from "./strings";

export interface Look {
  readonly words: Words;
  readonly form: (typeof FORMS)[number];
  readonly theme: (typeof THEMES)[number];
  readonly position: (typeof POSITIONS)[number];
  readonly accent: string | null;
  readonly heading: string;
}

export interface PanelActs {
  readonly ask: (question: string) => void;
  readonly stop: () => void;
  readonly fresh: () => void;
  readonly toggled: (open: boolean) => void;
}

/** Pixels between the top of the list and a turn that was scrolled there. */
const GAP = 12;

/** On a phone the bubble's panel is a sheet that covers the page. */
const PHONE = "(max-width: 480px), (max-height: 420px)";

export class Panel {
  #look: Look;
  #acts: PanelActs;
  #root: HTMLElement;
  #panel: HTMLElement;
  #log: HTMLElement;
  #box: HTMLTextAreaElement;
  #send: HTMLButtonElement;
  #status: HTMLElement;
  #launcher: HTMLButtonElement | null = null;
  #gone = new AbortController();
  #busy = false;
  #followed: HTMLElement | null = null;
  isOpen = false;

  constructor(look: Look, acts: PanelActs) {
    const { words } = look;
    this.#look = look;
    this.#acts = acts;
    this.#log = el("div", {
      class: "log",
      part: "conversation",
      role: "group",
      tabindex: "0",
      "aria-label": words.say("conversation"),
    });
    for (const look of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      this.#log.addEventListener(look, () => (this.#followed = null), { passive: true });
    }
    this.#box = el("textarea", {
      part: "input",
      rows: "1",
      "aria-label": words.say("question"),
      placeholder: words.say("placeholder"),
      enterkeyhint: "send",
    });
    this.#send = el("button", { class: "send", part: "button", type: "submit" });
    this.#status = el("div", { class: "hidden", role: "status" });
    this.#panel = el("section", { class: "panel", part: "panel", "aria-label": look.heading });
    this.#panel.append(this.#header(), this.#log, this.#form(), this.#status);
    this.#root = el("div", { class: `root ${look.form} ${look.position}`, part: "root", lang: words.lang });
    this.#root.dataset.theme = look.theme;
    if (look.accent && CSS.supports("color", look.accent)) this.#root.style.setProperty("--amur-accent", look.accent);
    this.#root.append(this.#panel);
    if (look.form === "bubble") this.#floats();
    this.#label();
  }

  /** Take the place of whatever the shadow root holds. */
  mount(shadow: ShadowRoot, before: Panel | null): void {
    const focused = before !== null && before.#focused;
    shadow.replaceChildren(this.#root);
    if (before?.isOpen) this.#unfold();
    if (before) this.#box.value = before.#box.value;
    if (focused) this.focus();
    before?.release();
  }

  add(node: HTMLElement): void {
    this.#log.append(node);
  }

  /** Put what stands above the first question in the place of what stood there, and take questions of this length. */
  greet(node: HTMLElement, longest: number): void {
    this.#log.querySelector(".greeting")?.remove();
    this.#log.prepend(node);
    this.#box.maxLength = longest;
  }

  /** Show a new turn from its top; what arrives later moves nothing once the reader has begun to look around. */
  show(node: HTMLElement): void {
    this.#log.querySelector(".greeting .suggestions")?.remove();
    this.#followed = node;
    this.follow();
  }

  follow(): void {
    if (this.#followed) this.#log.scrollTop = this.#followed.offsetTop - GAP;
  }

  set busy(busy: boolean) {
    this.#busy = busy;
    this.#label();
  }

  /** Let a screen reader say something when it has said what it is at. */
  announce(text: string): void {
    this.#status.textContent = text;
  }

  focus(): void {
    this.#box.focus({ preventScroll: true });
  }

  /** Open the dialog, and put the focus into it unless that is told not to. */
  open({ focus = true } = {}): void {
    if (!this.#unfold()) return;
    // on a touch screen the box would call up the keyboard before anything has been read
    if (focus && matchMedia("(pointer: coarse)").matches) this.#panel.focus({ preventScroll: true });
    else if (focus) this.focus();
    this.#acts.toggled(true);
  }

  get #focused(): boolean {
    return (this.#box.getRootNode() as ShadowRoot).activeElement === this.#box;
  }

  #unfold(): boolean {
    if (!this.#launcher || this.isOpen) return false;
    this.isOpen = true;
    this.#panel.hidden = false;
    // the top layer, where no z-index and no transformed ancestor of the host page reaches
    this.#panel.showPopover();
    this.#launcher.setAttribute("aria-expanded", "true");
    this.#root.classList.add("opened");
    this.#fit();
    return true;
  }

  close(): void {
    if (!this.#launcher || !this.isOpen) return;
    this.isOpen = false;
    if (this.#panel.matches(":popover-open")) this.#panel.hidePopover();
    this.#panel.hidden = true;
    this.#launcher.setAttribute("aria-expanded", "false");
    this.#root.classList.remove("opened");
    this.#launcher.focus({ preventScroll: true });
    this.#acts.toggled(false);
  }

  release(): void {
    this.#gone.abort();
  }

  #header(): HTMLElement {
    const { words, heading, form } = this.#look;
    const tools = [this.#icon("fresh", words.say("fresh"), () => this.#acts.fresh())];
    if (form === "bubble") tools.push(this.#icon("close", words.say("close"), () => this.close()));
    return el("header", { part: "header" }, el("h2", { part: "heading" }, heading), ...tools);
  }

  #icon(name: keyof typeof ICONS, label: string, act: () => void): HTMLButtonElement {
    return button({ class: "tool", "aria-label": label, title: label }, act, icon(ICONS[name]));
  }

  #form(): HTMLFormElement {
    const form = el("form", { class: "ask", part: "form" }, this.#box, this.#send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#busy) return this.#acts.stop();
      const question = this.#box.value.trim();
      if (!question) return this.focus();
      this.#box.value = "";
      this.#acts.ask(question);
    });
    this.#box.addEventListener("keydown", (event) => {
      // an Enter that ends the choice of a Chinese character asks nothing
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (!this.#busy) form.requestSubmit();
    });
    return form;
  }

  #label(): void {
    const { words } = this.#look;
    this.#send.replaceChildren(icon(this.#busy ? ICONS.stop : ICONS.send), words.say(this.#busy ? "stop" : "ask"));
  }

  /** Make the panel a dialog that a launcher opens. */
  #floats(): void {
    const { words, heading } = this.#look;
    const launcher = button(
      // who speaks to the browser says what is written on the button, so that its name begins with it
      { class: "launcher", part: "launcher", "aria-label": `${heading}. ${words.say("open")}`, "aria-expanded": "false" },
      () => (this.isOpen ? this.close() : this.open()),
      icon(ICONS.chat),
      icon(ICONS.close),
      el("span", {}, heading),
    );
    launcher.setAttribute("aria-haspopup", "dialog");
    this.#launcher = launcher;
    this.#panel.setAttribute("role", "dialog");
    this.#panel.setAttribute("popover", "manual");
    this.#panel.tabIndex = -1;
    this.#panel.hidden = true;
    this.#root.prepend(launcher);
    this.#panel.addEventListener("keydown", (event) => this.#key(event));
    const { signal } = this.#gone;
    matchMedia(PHONE).addEventListener("change", () => this.#fit(), { signal });
    window.visualViewport?.addEventListener("resize", () => this.#fit(), { signal });
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Tab") this.#trap(event);
  }

  /** Keep the focus inside the dialog: from its last stop to its first, and back. */
  #trap(event: KeyboardEvent): void {
    const stops = [
      ...this.#panel.querySelectorAll<HTMLElement>('a[href], button, input, textarea, summary, [tabindex="0"]'),
    ].filter((stop) => !stop.matches(":disabled") && stop.checkVisibility());
    const now = (this.#root.getRootNode() as ShadowRoot).activeElement;
    const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (now !== from && !(event.shiftKey && now === this.#panel)) return;
    event.preventDefault();
    to?.focus();
  }

  /** On a phone the sheet is as high as what the keyboard leaves, and the page behind it is out of reach. */
  #fit(): void {
    const phone = matchMedia(PHONE).matches;
    this.#panel.setAttribute("aria-modal", String(phone));
    const height = phone ? window.visualViewport?.height : undefined;
    if (height) this.#panel.style.setProperty("--_height", `${height}px`);
    else this.#panel.style.removeProperty("--_height");
  }
}
