// The figures of an answer that looks over years, as a table: a reader sees whose count each value is.
import { reference } from "./cards";
import { el } from "./dom";
import type { Words } from "./strings";
import type { Series } from "./types";

/** Return a series as a card, closed. A unit that all values share stands once, in the head of its column. */
export function figures(series: Series, words: Words): HTMLElement {
  const units = new Set(series.points.map(({ unit }) => unit));
  const shared = units.size === 1 ? [...units].join("") : "";
  const rows = series.points.map(({ period, value, unit, basis, note }) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, period),
      el("td", {}, `${words.number(value)} ${shared ? "" : unit}`.trim()),
      el("td", {}, [basis, note].filter(Boolean).join(" · ")),
    ),
  );
  const value = [words.say("value"), shared].filter(Boolean).join(", ");
  const head = [words.say("period"), value, words.say("basis")].map((name) => el("th", { scope: "col" }, name));
  return el(
    "details",
    { class: "card", part: "figures" },
    el("summary", { class: "plainly" }, words.say("figures", series.title)),
    series.description && el("p", { class: "quiet" }, series.description),
    el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)),
    el("ul", {}, ...series.sources.map((source) => el("li", {}, ...reference(source, words)))),
  );
}
