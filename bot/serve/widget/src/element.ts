// <amur-chat>: reads its attributes, draws the panel, runs the conversation. Everything is in a shadow root.
import { suggestions } from "./answer";
import { type Place, readerAddress } from "./cards";
import { Client } from "./client";
import { historyOf, Memory } from "./conversation";
import { el } from "./dom";
import { ATTRIBUTES, type EVENTS, FORMS, oneOf, POSITIONS, serverAddress, THEMES } from "./options";
import { Panel } from "./panel";
import { chooseWords } from "./strings";
import css from "./style.css";
import { Turn, type TurnActs } from "./turn";
import type { About, Answer, Message } from "./types";

/** The address of this script, for a widget that names no server. */
const SCRIPT = (document.currentScript as HTMLScriptElement | null)?.src ?? "";

/** Characters of a question where the server does not say how many it reads. */
const LONGEST = 2000;

let sheet: CSSStyleSheet | undefined;

function styles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}

export class AmurChat extends HTMLElement {
  static readonly observedAttributes = ATTRIBUTES;

  #root = this.attachShadow({ mode: "open" });
  #panel: Panel | null = null;
  #turns: Turn[] = [];
  #memory: Memory | null = null;
  #client: Client | null = null;
  #about: About | null = null;
  #asking: AbortController | null = null;
  #gone = new AbortController();
  #pending = false;
  #drawn = "";

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [styles()];
  }

  connectedCallback(): void {
    if (!this.#client) this.#begin();
  }

  /** A widget that only moves within the page keeps its conversation; one that leaves it lets go of everything. */
  disconnectedCallback(): void {
    queueMicrotask(() => !this.isConnected && this.#end());
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now || !this.#client || this.#pending) return;
    this.#pending = true;
    queueMicrotask(() => {
      this.#pending = false;
      if (!this.#client) return;
      if (name === "src" && this.#server() !== this.#client.base) {
        this.#end();
        this.#begin();
      } else this.#draw();
    });
  }

  /** Open the bubble, and move the focus into it unless told not to; the other forms are always open. */
  open(options?: { readonly focus?: boolean }): void {
    this.#panel?.open(options);
  }

  /** Close the bubble. */
  close(): void {
    this.#panel?.close();
  }

  /** Ask a question as if the reader had; resolve to the answer, the same object that the API returns. */
  async ask(question: string): Promise<Answer> {
    const text = String(question).trim();
    if (!this.#client || !text) throw new TypeError("ask() needs a question, and a widget that is on the page");
    this.open();
    const turn = new Turn(text);
    this.#turns.push(turn);
    this.#panel?.add(turn.node);
    this.#panel?.show(turn.node);
    return this.#run(turn);
  }

  /** Stop the answer that is being made. */
  stop(): void {
    this.#asking?.abort();
  }

  /** Begin a new conversation; the old one is forgotten. */
  clear(): void {
    this.stop();
    for (const turn of this.#turns) turn.release();
    this.#turns = [];
    this.#memory?.write([]);
    this.#draw();
    this.#panel?.focus();
  }

  /** Take the widget off the page, with its conversation. */
  destroy(): void {
    this.#memory?.write([]);
    this.remove();
    this.#end();
  }

  #begin(): void {
    const base = this.#server();
    this.#gone = new AbortController();
    this.#client = new Client(base);
    this.#memory = new Memory(this, `${base}:${this.id || this.#form()}`);
    this.#turns = this.#memory.read();
    try {
      this.#draw();
    } catch {
      this.#turns = []; // what the tab remembered was no conversation of ours
      this.#draw();
    }
    if (this.#form() !== "bubble") this.#introduce();
  }

  #end(): void {
    this.stop();
    this.#gone.abort();
    for (const turn of this.#turns) turn.release();
    this.#panel?.release();
    this.#memory?.release();
    this.#panel = this.#memory = this.#client = this.#about = null;
    this.#turns = [];
    this.#drawn = "";
    this.#root.replaceChildren();
  }

  #server(): string {
    return serverAddress(this.getAttribute("src"), SCRIPT);
  }

  #form(): (typeof FORMS)[number] {
    return oneOf(FORMS, this.getAttribute("form"));
  }

  /** Return where answers are shown: in which words, with links to which server. */
  #place(): Place {
    const page = this.parentElement?.closest("[lang]")?.getAttribute("lang") ?? document.documentElement.lang;
    const words = chooseWords([this.getAttribute("lang"), page, ...navigator.languages]);
    return { words, base: this.#client?.base ?? "" };
  }

  #acts(client: Client): TurnActs {
    return {
      client,
      rate: (turn, opinion) => client.feedback(opinion, this.#before(turn), this.#gone.signal),
      ask: (question) => void this.ask(question).catch(() => undefined),
      drawn: () => this.#panel?.follow(),
      retry: (turn) => {
        if (turn !== this.#turns.at(-1)) return void this.ask(turn.question).catch(() => undefined);
        this.#run(turn).catch(() => undefined);
        this.#panel?.focus();
      },
      opened: (citation) => this.#tell("citation", { citation, url: readerAddress(citation, this.#place()) }),
    };
  }

  #draw(): void {
    const client = this.#client;
    if (!client) return;
    const { words } = this.#place();
    const panel = new Panel(
      {
        words,
        form: this.#form(),
        theme: oneOf(THEMES, this.getAttribute("theme")),
        position: oneOf(POSITIONS, this.getAttribute("position")),
        accent: this.getAttribute("accent"),
        heading: this.getAttribute("heading") ?? words.say("heading"),
      },
      {
        ask: (question) => void this.ask(question).catch(() => undefined),
        stop: () => this.stop(),
        fresh: () => this.clear(),
        toggled: (open) => {
          if (open) this.#introduce();
          this.#tell(open ? "open" : "close", {});
        },
      },
    );
    for (const turn of this.#turns) panel.add(turn.node);
    panel.busy = this.#asking !== null;
    panel.mount(this.#root, this.#panel);
    this.#panel = panel;
    this.#fill();
  }

  /** Draw what the panel holds, in its place. */
  #fill(): void {
    if (!this.#client) return;
    const place = this.#place();
    const acts = this.#acts(this.#client);
    this.#panel?.greet(this.#greeting(place, acts), this.#about?.max_question_characters ?? LONGEST);
    if (place.words.lang === this.#drawn) return; // a card that is open stays so when only the looks change
    this.#drawn = place.words.lang;
    for (const turn of this.#turns) turn.draw(place, acts);
  }

  #greeting(place: Place, acts: TurnActs): HTMLElement {
    const text = this.getAttribute("greeting") ?? place.words.say("greeting");
    const about = this.#about;
    const asOf = about?.as_of;
    const understood = about?.question_languages ?? [];
    const questions = this.getAttribute("questions")?.split("|").map((one) => one.trim()).filter(Boolean);
    return el(
      "div",
      { class: "greeting", part: "greeting" },
      el("p", {}, text),
      asOf && el("p", { class: "quiet" }, place.words.say("asOf", place.words.date(asOf))),
      understood.length > 0 &&
        !understood.includes(place.words.lang) &&
        el("p", { class: "quiet" }, place.words.say("askIn", place.words.languages(understood))),
      this.#turns.length === 0 && suggestions(questions ?? about?.starters ?? [], place, acts),
    );
  }

  /** Ask the server once what to begin with; a bubble does not before it is opened. */
  #introduce(): void {
    const client = this.#client;
    if (!client || this.#about) return;
    const signal = this.#gone.signal;
    client.about(signal).then(
      (about) => {
        if (signal.aborted) return;
        this.#about = about;
        this.#fill();
      },
      () => undefined, // said when a question is asked, with a way to try again
    );
  }

  #before(turn: Turn): Message[] {
    return historyOf(this.#turns.slice(0, this.#turns.indexOf(turn)));
  }

  async #run(turn: Turn): Promise<Answer> {
    const client = this.#client;
    const memory = this.#memory;
    if (!client || !memory) throw new TypeError("the widget is not on the page");
    this.stop();
    const asking = new AbortController();
    this.#asking = asking;
    if (this.#panel) this.#panel.busy = true;
    await turn.run(this.#before(turn), () => this.#place(), this.#acts(client), asking.signal);
    const current = this.#asking === asking;
    if (current) this.#asking = null;
    if (current && this.#panel) {
      this.#panel.busy = false;
      this.#panel.announce(turn.spoken(this.#place()));
    }
    if (turn.answer) {
      memory.write(this.#turns);
      this.#tell("answer", { question: turn.question, answer: turn.answer });
      return turn.answer;
    }
    const failure = turn.failure ?? new DOMException("stopped", "AbortError");
    if (turn.failure) this.#tell("error", { code: turn.failure.code, message: turn.failure.message });
    throw failure;
  }

  #tell(name: (typeof EVENTS)[number], detail: unknown): void {
    this.dispatchEvent(new CustomEvent(`amur:${name}`, { detail, bubbles: true, composed: true }));
  }
}
