// The figures of an answer that looks over years, as a table: a reader sees whose count each value is.
import { reference } from "./cards";
import { el } from "./dom";
import type { Words } from "./strings";
import type { Series } from "./types";

/** Return a series as a card, closed. */
export function figures(series: Series, words: Words): HTMLElement {
  const rows = series.points.map(({ period, value, unit, basis, note }) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, period),
      el("td", {}, `${words.number(value)} ${unit}`),
      el("td", {}, [basis, note].filter(Boolean).join(" · ")),
    ),
  );
  const head = (["period", "value", "basis"] as const).map((key) => el("th", { scope: "col" }, words.say(key)));
  return el(
    "details",
    { class: "card", part: "figures" },
    el("summary", { class: "plainly" }, words.say("figures", series.title)),
    series.description && el("p", { class: "quiet" }, series.description),
    el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)),
    el("ul", {}, ...series.sources.map((source) => el("li", {}, ...reference(source, words)))),
  );
}
