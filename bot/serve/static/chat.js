// Amur's chat page: markers and cards find each other, the evidence is a drawer on phones, an answer can be taken away.
// Everything else is Gradio's. Text is only ever set as text.
"use strict";

const DRAWER = window.matchMedia("(max-width: 900px)"); // as in amur.css
const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
let opener = null; // what opened a card or the drawer, to go back to

const ACTIONS = {
  "amur-marker": (link) => reach(link),
  "amur-show": (link) => reach(link),
  "amur-number": (link) => backTo(link),
  "amur-close": () => closeDrawer(),
  "amur-copy": (link) => copy(link, shownText(target(link))),
  "amur-link": (link) => copy(link, link.href),
  "amur-print": (link) => take(link, print),
  "amur-file": (link) => take(link, save),
};

document.addEventListener(
  "click",
  (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[class^='amur-']") : null;
    const action = link && !event.ctrlKey && !event.metaKey && !event.shiftKey ? ACTIONS[link.classList[0]] : null;
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action(link);
  },
  true,
);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const inEvidence = event.target instanceof Element && event.target.closest("#amur-evidence");
  if (drawer()?.classList.contains("amur-open") || inEvidence) closeDrawer();
});

for (const [begin, end] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
  document.addEventListener(begin, (event) => light(event.target, true));
  document.addEventListener(end, (event) => light(event.target, false));
}

/** The element that an in-page link leads to. */
function target(link) {
  return document.getElementById((link.getAttribute("href") || "").slice(1));
}

/** Take away what Gradio gets wrong: names for screen readers that are HTML source. */
function tidy() {
  for (const message of document.querySelectorAll("#amur-chat [data-testid][aria-label]")) message.removeAttribute("aria-label");
}

function drawer() {
  return document.getElementById("amur-sources");
}

/** Light up a marker's card, or a card's markers. */
function light(element, on) {
  if (!(element instanceof Element)) return;
  const marker = element.closest("a.amur-marker");
  const card = element.closest(".amur-card");
  if (marker) target(marker)?.classList.toggle("amur-lit", on);
  if (card) for (const other of markersOf(card)) other.classList.toggle("amur-lit", on);
}

function markersOf(card) {
  return document.querySelectorAll(`#amur-chat a.amur-marker[href="#${CSS.escape(card.id)}"]`);
}

function openCard(link, place) {
  if (!place) return;
  opener = link;
  for (const other of document.querySelectorAll(".amur-current")) other.classList.remove("amur-current");
  const folded = place.closest("details");
  if (folded) folded.open = true;
  if (place.classList.contains("amur-card")) place.classList.add("amur-current");
  drawer()?.classList.add("amur-open");
  place.setAttribute("tabindex", "-1");
  place.scrollIntoView({ behavior: CALM.matches || DRAWER.matches ? "auto" : "smooth", block: DRAWER.matches ? "start" : "nearest" });
  place.focus({ preventScroll: true });
}

/** Open the card, or the cards, that a link of an answer leads to; those of an earlier answer come when they are wanted. */
function reach(link) {
  const name = (link.getAttribute("href") || "").slice(1);
  const turn = name.match(/^t(\d+)/)?.[1];
  const folded = document.getElementById(`t${turn}`);
  if (document.getElementById(name) && !isEmpty(folded)) openCard(link, document.getElementById(name));
  else if (turn) want("cards", turn, () => !isEmpty(document.getElementById(`t${turn}`)), () => openCard(link, document.getElementById(name)));
}

/** Whether an earlier answer is there by its question alone. */
function isEmpty(folded) {
  return folded?.tagName === "DETAILS" && folded.childElementCount < 2;
}

document.addEventListener(
  "toggle",
  (event) => {
    const folded = event.target;
    if (!(folded instanceof Element) || !folded.matches(".amur-earlier") || !folded.open || !isEmpty(folded)) return;
    const { id } = folded;
    const reopen = () => {
      const place = document.getElementById(id);
      place.open = true;
      place.querySelector("summary").focus({ preventScroll: true });
      place.scrollIntoView({ block: "nearest" });
    };
    want("cards", id.slice(1), () => !isEmpty(document.getElementById(id)), reopen);
  },
  true,
);

let count = 0; // of what was wanted
let waiting = null; // what is waited for, and what is done when it is there; one at a time, the newest

/** Ask the server for something of a turn; do something with it once it is there. */
function want(what, turn, isThere, then) {
  const box = document.querySelector("#amur-wanted textarea, #amur-wanted input");
  if (!box) return;
  count += 1;
  const name = `${what}-${turn}-${count}`;
  waiting = { isThere: isThere || (() => document.getElementById(name)), then: () => then(document.getElementById(name)) };
  box.value = name;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Take an answer away in a form that the server makes of it. */
function take(link, use) {
  const [form, turn] = (link.getAttribute("href") || "").slice(1).split("-");
  want(form, turn, null, (element) => use(link, shownText(element), form, turn));
}

/** From a card back to the first marker that points to it. */
function backTo(link) {
  const marker = markersOf(link.closest(".amur-card"))[0];
  closeDrawer();
  if (!marker) return;
  marker.scrollIntoView({ behavior: CALM.matches ? "auto" : "smooth", block: "nearest" });
  marker.focus({ preventScroll: true });
}

function closeDrawer() {
  drawer()?.classList.remove("amur-open");
  if (opener?.isConnected) opener.focus({ preventScroll: true });
}

// A new question moves to the top of the conversation, so that its answer is read from the beginning; only the conversation
// scrolls, not the page. It is done again as the answer grows below it.
let rows = 0; // questions that were there
let parts = 0; // paragraphs of answers and suggestions that were there
new MutationObserver(() => {
  if (waiting?.isThere()) {
    const { then } = waiting;
    waiting = null;
    then();
  }
  const chat = document.getElementById("amur-chat");
  const questions = chat ? chat.querySelectorAll(".user-row") : [];
  const told = chat ? chat.querySelectorAll(".amur-answer p, .options").length : 0;
  if (questions.length === rows && told === parts) return;
  const anew = questions.length > rows || told < parts; // asked, or asked again; else the answer grows
  tidy();
  if (questions.length > rows) foldFilters();
  rows = questions.length;
  parts = told;
  if (!questions.length) return;
  const box = chat.querySelector("[role='log']");
  const question = questions[questions.length - 1];
  if (box) box.scrollTop += question.getBoundingClientRect().top - box.getBoundingClientRect().top - 8;
  const evidence = document.getElementById("amur-evidence");
  if (evidence && anew) evidence.scrollTop = 0; // later it stays where a reader has gone meanwhile
}).observe(document.documentElement, { childList: true, subtree: true });

/** Fold the filters, which would leave little of the window for the answer; a mark on their button says that some are set. */
function foldFilters() {
  document.querySelector("#amur-filters .label-wrap.open")?.click();
}

/** The text of an element as it would be shown, also while it is not: its lines end where it says so. */
function shownText(element) {
  const lines = [""];
  for (const node of element ? element.childNodes : []) {
    if (node.nodeName === "BR") lines.push("");
    else lines[lines.length - 1] += node.textContent;
  }
  return lines.join("\n");
}

async function copy(link, text) {
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without HTTPS browsers offer no clipboard; select the text so that the reader's own key works.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    done = document.execCommand("copy");
    area.remove();
  }
  tell(link, done);
}

/** Say beside a link that it did what it says, for two seconds. */
function tell(link, done) {
  const before = link.dataset.text || link.textContent;
  link.dataset.text = before;
  link.textContent = `${before} ${done ? "✓" : "✗"}`;
  setTimeout(() => (link.textContent = before), 2000);
}

const MEDIA = { markdown: ["text/markdown", "md"], json: ["application/json", "json"], bibtex: ["application/x-bibtex", "bib"], csl: ["application/json", "csl.json"] };

/** Save an answer as a file. */
function save(link, text, form, turn) {
  const [media, extension] = MEDIA[form];
  const file = document.createElement("a");
  file.href = URL.createObjectURL(new Blob([text], { type: `${media};charset=utf-8` }));
  file.download = `amur-answer-${turn}.${extension}`;
  file.click();
  setTimeout(() => URL.revokeObjectURL(file.href), 10000);
  tell(link, true);
}

/** Print an answer as a page of its own, with its sources; in that page no script runs. */
function print(link, html) {
  document.getElementById("amur-sheet")?.remove();
  const sheet = document.createElement("iframe");
  sheet.id = "amur-sheet";
  sheet.setAttribute("sandbox", "allow-same-origin allow-modals");
  sheet.addEventListener("load", () => {
    sheet.contentWindow.focus();
    sheet.contentWindow.print();
    tell(link, true);
  });
  sheet.srcdoc = html;
  document.body.append(sheet);
}
