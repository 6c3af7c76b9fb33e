// The sources of an answer: a marker in the text, a card with the quote, who says it and where to read it.
import { button, el, link } from "./dom";
import type { Words } from "./strings";
import type { Answer, Citation, Reference } from "./types";

export interface Place {
  readonly words: Words;
  /** The server's address, without a slash at its end. */
  readonly base: string;
}

/** Return the address of the server's page that shows the cited words in their document. */
export function readerAddress(citation: Citation, { base, words }: Place): string {
  const { document_id: id, source_start: start, source_end: end } = citation;
  return `${base}/documents/${encodeURIComponent(id)}?s=${start}-${end}&lang=${words.lang}#c1`;
}

/** Return the markers of a statement; each opens the card of its source. */
export function markers(numbers: readonly number[], words: Words, show: (number: number) => void): HTMLElement[] {
  return numbers.map((n) =>
    button({ class: "marker", part: "marker", "aria-label": words.say("source", n) }, () => show(n), String(n)),
  );
}

/** Return whose voice a source is: a colour and, because colour alone says nothing to many, its name. */
export function voice(perspective: string, words: Words, after = ""): HTMLElement {
  const name = words.perspective(perspective) + after;
  return el("span", { class: "voice", part: "perspective", "data-voice": perspective }, name);
}

/** Return the card of a source, closed. */
export function card(citation: Citation, place: Place): HTMLDetailsElement {
  const { words } = place;
  const where = [citation.section, citation.page ? words.say("page", citation.page) : "", citation.publisher].filter(Boolean);
  return el(
    "details",
    { class: "card", part: "source" },
    el(
      "summary",
      {},
      el("span", { class: "number" }, String(citation.number)),
      el("span", { class: "title" }, citation.title),
      el("span", { class: "about" }, ...voices(citation, words), words.date(dateOf(citation))),
    ),
    el("blockquote", { part: "quote" }, citation.cited_text),
    el(
      "p",
      { class: "quiet" },
      words.say(citation.verdict === "verbatim" ? "verbatim" : "supported"),
      where.length > 0 && `: ${where.join(" · ")}`,
    ),
    citation.references.length > 0 &&
      el("ul", {}, ...citation.references.map((r) => el("li", {}, ...reference(r, words)))),
    el(
      "p",
      { class: "links" },
      link(readerAddress(citation, place), words.say("reader")),
      citation.url && link(citation.url, words.say("origin")),
    ),
  );
}

/** Return the voices that a sentence rests on, each once; without references, the document's own. */
function voices(citation: Citation, words: Words): (Node | string)[] {
  const names = citation.references.map((r) => r.perspective);
  return [...new Set(names.length ? names : [citation.perspective])].flatMap((name) => [voice(name, words), " "]);
}

/** Return when it was said: the date of the newest source that the sentence names; the document's own only if it names none. */
function dateOf(citation: Citation): string | null {
  if (!citation.references.length) return citation.issued;
  return citation.references.map((r) => r.issued ?? "").sort().pop() || null;
}

/** Return a source as a line: title, publisher, date, voice. */
export function reference(r: Reference, words: Words): (Node | string)[] {
  const details = [r.publisher, words.date(r.issued)].filter(Boolean).join(", ");
  return [link(r.url, r.title), ` ${details} `, voice(r.perspective, words)];
}

/** Return the line on whose voices an answer rests. */
export function mixLine(answer: Answer, words: Words): HTMLElement {
  const mix = Object.entries(answer.source_mix);
  const total = mix.reduce((sum, [, count]) => sum + count, 0);
  const line = el("p", { class: "quiet mix", part: "mix" });
  if (total) {
    line.append(`${words.count("sourceCount", total)} · `);
    for (const [perspective, count] of mix) line.append(voice(perspective, words, `: ${count}`), " · ");
  }
  line.append(words.say("asOf", answer.as_of ? words.date(answer.as_of) : words.say("unknown")));
  return line;
}

/** Return an answer with its numbered sources as plain text, to take away. */
export function plainText(answer: Answer, place: Place): string {
  const { words } = place;
  const lines = [answer.question, "", answer.lead ?? "", answer.answer, answer.notice ?? "", "", words.say("sources")];
  for (const c of answer.citations) {
    const named = [c.title, c.section, c.page ? words.say("page", c.page) : ""].filter(Boolean).join(", ");
    lines.push(`[${c.number}] ${named} (${words.date(dateOf(c))}): “${c.cited_text}”`);
    for (const r of c.references) {
      const about = [r.title, r.publisher, words.date(r.issued), words.perspective(r.perspective), r.url];
      lines.push(`    ${about.filter(Boolean).join(", ")}`);
    }
    lines.push(`    ${readerAddress(c, place)}`);
  }
  lines.push("", `${mixLine(answer, words).textContent ?? ""} (${answer.corpus_revision})`);
  return lines.join("\n").replace(/\n{3,}/g, "\n\n");
}
