// One question with what came of it: waiting, arriving, answered, stopped or failed. Drawn anew when anything changes.
import { answerNodes, partialNodes, type Acts } from "./answer";
import { plainText, type Place } from "./cards";
import { type Client, Failure, type Opinion } from "./client";
import { button, el } from "./dom";
import { answerTools } from "./feedback";
import type { Strings } from "./strings";
import type { Answer, Message } from "./types";

const EXPLAINED: Readonly<Record<string, keyof Strings>> = {
  broken: "broken",
  offline: "offline",
  forbidden_origin: "forbidden",
  token_expired: "unavailable",
  token_invalid: "unavailable",
  token_missing: "unavailable",
  too_many: "limited",
  busy: "busy",
  timed_out: "slow",
  unavailable: "unavailable",
  too_large: "long",
};

export interface TurnActs extends Acts {
  readonly retry: (turn: Turn) => void;
  readonly drawn: () => void;
  readonly client: Client;
  readonly rate: (turn: Turn, opinion: Opinion) => Promise<void>;
}

export class Turn {
  readonly node = el("article", { class: "turn", part: "turn" });
  answer: Answer | null = null;
  failure: Failure | null = null;
  stopped = false;
  #text = "";
  #numbers = new Set<number>();
  #until = 0;
  #timer = 0;

  constructor(readonly question: string) {}

  /** Ask, and draw what arrives; the answer, or the failure, stays with the turn. */
  async run(history: readonly Message[], place: () => Place, acts: TurnActs, signal: AbortSignal): Promise<void> {
    this.answer = this.failure = null;
    this.stopped = false;
    this.#text = "";
    this.#numbers.clear();
    this.draw(place(), acts);
    try {
      for await (const event of acts.client.ask(this.question, history, signal)) {
        if (event.kind === "delta") this.#text += event.data.text;
        else if (event.kind === "citation") this.#numbers.add(event.data.number);
        else if (event.kind === "answer") this.answer = event.data;
        if (event.kind === "delta" || event.kind === "answer") this.draw(place(), acts);
      }
    } catch (error) {
      if (signal.aborted) this.stopped = true;
      else this.failure = error instanceof Failure ? error : new Failure("failed", String(error));
      this.#until = Date.now() + (this.failure?.wait ?? 0) * 1000;
      this.draw(place(), acts);
    }
  }

  draw(place: Place, acts: TurnActs): void {
    const { words } = place;
    clearTimeout(this.#timer);
    const asked = el("h3", { class: "asked", part: "question" }, el("span", { class: "hidden" }, `${words.say("you")} `));
    asked.append(this.question);
    this.node.replaceChildren(asked, ...this.#content(place, acts));
    this.node.setAttribute("aria-busy", String(!this.answer && !this.failure && !this.stopped));
    acts.drawn();
  }

  /** Return what a screen reader says when the turn has ended. */
  spoken({ words }: Place): string {
    if (this.answer) return `${words.say("ready")} ${[this.answer.lead, this.answer.answer].filter(Boolean).join(" ")}`;
    return this.node.querySelector("[data-state]")?.textContent ?? "";
  }

  #content(place: Place, acts: TurnActs): HTMLElement[] {
    const { words } = place;
    if (this.answer) {
      const answer = this.answer;
      const tools = answerTools(
        answer,
        words,
        () => plainText(answer, place),
        (opinion) => acts.rate(this, opinion),
      );
      return [el("div", { class: "answer", part: "answer" }, ...answerNodes(answer, place, acts)), tools];
    }
    const partial = this.#text ? [el("div", { class: "answer" }, ...partialNodes(this.#text, this.#numbers))] : [];
    if (this.failure) return [...partial, this.#failed(this.failure, place, acts)];
    if (this.stopped) return [...partial, this.#ended("stopped", words.say("stopped"), place, acts)];
    return [...partial, el("p", { class: "quiet working" }, words.say("working"))];
  }

  #failed(failure: Failure, place: Place, acts: TurnActs): HTMLElement {
    const { words } = place;
    const key = EXPLAINED[failure.code];
    const node = this.#ended("failed", key ? words.say(key) : words.say("failed", failure.message), place, acts);
    if (failure.code === "forbidden_origin") {
      node.lastElementChild?.before(el("p", {}, words.say("operator", location.origin)));
    }
    if (failure.wait > 0) this.#countDown(node, place);
    return node;
  }

  #ended(state: string, text: string, { words }: Place, acts: TurnActs): HTMLElement {
    const retry = button({ class: "plain", part: "retry" }, () => acts.retry(this), words.say("retry"));
    return el("div", { class: "ended", part: "error", "data-state": state }, el("p", {}, text), retry);
  }

  /** Say how long there is to wait, and let the reader try again only then. */
  #countDown(node: HTMLElement, { words }: Place): void {
    const line = el("p");
    const retry = node.querySelector("button");
    node.insertBefore(line, retry);
    const tick = (): void => {
      const seconds = Math.ceil((this.#until - Date.now()) / 1000);
      line.textContent = seconds > 0 ? words.say("wait", words.duration(seconds)) : words.say("now");
      if (retry) retry.disabled = seconds > 0;
      if (seconds > 0) this.#timer = window.setTimeout(tick, 1000);
    };
    tick();
  }

  /** Stop the clock of a turn that leaves the page. */
  release(): void {
    clearTimeout(this.#timer);
  }
}
