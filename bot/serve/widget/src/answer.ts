// An answer as elements: the statements with their markers, the disputes as blocks, then the sources.
import { card, markers, mixLine, type Place } from "./cards";
import { button, el } from "./dom";
import { figures } from "./figures";
import type { Answer, Citation, Dispute, Statement } from "./types";

export interface Acts {
  /** The reader opened the card of a source. */
  readonly opened: (citation: Citation) => void;
  /** The reader chose a suggested question. */
  readonly ask: (question: string) => void;
}

/** Return everything a reader sees of an answer. */
export function answerNodes(answer: Answer, place: Place, acts: Acts): HTMLElement[] {
  const { words } = place;
  const cards = new Map(answer.citations.map((citation) => [citation.number, watchedCard(citation, place, acts)]));
  const show = (number: number): void => {
    const opened = cards.get(number);
    if (!opened) return;
    opened.open = true;
    opened.querySelector("summary")?.focus();
  };
  const nodes = [
    answer.query !== answer.question &&
      answer.query !== "" &&
      el("p", { class: "quiet" }, words.say("searched", answer.query)),
    answer.lead && el("p", { class: "quiet" }, answer.lead),
    ...body(answer, place, show),
    answer.series && figures(answer.series, words),
    answer.notice && el("p", { class: "notice", part: "notice" }, answer.notice),
    (cards.size > 0 || answer.abstained) && mixLine(answer, words),
    cards.size > 0 &&
      el("section", { class: "sources", part: "sources" }, el("h3", {}, words.say("sources")), ...cards.values()),
    suggestions(answer.suggestions, place, acts),
  ];
  return nodes.filter((node): node is HTMLElement => Boolean(node));
}

/** Return what has arrived so far; numbers in brackets are markers only where their citation has arrived too. */
export function partialNodes(text: string, numbers: ReadonlySet<number>): HTMLElement[] {
  return text.split("\n\n").map((paragraph) => {
    const pieces = paragraph.split(/\[(\d+)\]/);
    return el(
      "p",
      {},
      ...pieces.map((piece, index) => {
        if (index % 2 === 0) return piece;
        return numbers.has(Number(piece)) ? el("span", { class: "marker" }, piece) : `[${piece}]`;
      }),
    );
  });
}

/** Return the questions that the sources answer as buttons, if there are any. */
export function suggestions(questions: readonly string[], { words }: Place, acts: Acts): HTMLElement | null {
  if (!questions.length) return null;
  const items = questions.map((question) =>
    el("li", {}, button({ class: "suggestion", part: "suggestion" }, () => acts.ask(question), question)),
  );
  return el("div", { class: "suggestions" }, el("p", { class: "quiet" }, words.say("try")), el("ul", {}, ...items));
}

function watchedCard(citation: Citation, place: Place, acts: Acts): HTMLDetailsElement {
  const made = card(citation, place);
  made.addEventListener("toggle", () => made.open && acts.opened(citation));
  return made;
}

/** Return the statements in their order; those of a dispute stand together in its block, where the first of them stood. */
function body(answer: Answer, place: Place, show: (number: number) => void): HTMLElement[] {
  const blocks = new Map<string, Dispute>();
  for (const dispute of answer.disputed) {
    const claimed = answer.statements.find((s) => s.text !== "" && dispute.claim.includes(s.text));
    for (const part of [...(claimed ? [claimed] : []), ...dispute.versions]) blocks.set(part.text, dispute);
  }
  const shown = new Set<Dispute>();
  const nodes: HTMLElement[] = [];
  for (const statement of answer.statements) {
    const dispute = blocks.get(statement.text);
    if (!dispute) nodes.push(said(statement, place, show));
    else if (!shown.has(dispute)) nodes.push(disputeNode(dispute, answer, place, show));
    if (dispute) shown.add(dispute);
  }
  for (const dispute of answer.disputed) if (!shown.has(dispute)) nodes.push(disputeNode(dispute, answer, place, show));
  return nodes.length ? nodes : answer.answer.split("\n\n").map((paragraph) => el("p", { part: "text" }, paragraph));
}

function said({ text, numbers }: Statement, { words }: Place, show: (number: number) => void): HTMLElement {
  return el("p", { part: "text" }, ...marked(text, markers(numbers, words, show)));
}

/** Return a text with its markers; the last character holds the first of them, so that none begins a line alone. */
function marked(text: string, [first, ...others]: HTMLElement[]): (Node | string)[] {
  if (!first) return [text];
  const last = /.$/su.exec(text)?.[0] ?? "";
  const held = el("span", { class: "held" }, `${last}\u00a0`, first);
  return [text.slice(0, text.length - last.length), held, ...others];
}

function disputeNode(dispute: Dispute, answer: Answer, place: Place, show: (number: number) => void): HTMLElement {
  const claims = answer.statements.filter((s) => s.text !== "" && dispute.claim.includes(s.text));
  return el(
    "section",
    { class: "dispute", part: "dispute" },
    el("h3", {}, place.words.say("disputed")),
    ...(claims.length ? claims.map((claim) => said(claim, place, show)) : [el("p", {}, dispute.claim)]),
    el(
      "dl",
      {},
      ...dispute.versions.flatMap((version) => [
        el("dt", {}, version.who),
        el("dd", {}, ...marked(version.text, markers(version.numbers, place.words, show))),
      ]),
    ),
  );
}
