// Amur's chat page: markers and cards find each other, the evidence is a drawer on phones, an answer can be taken away.
// Everything else is Gradio's. Text is only ever set as text.
"use strict";

const PHONE = window.matchMedia("(max-width: 760px)");
const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
let opener = null; // what opened a card or the drawer, to go back to

const ACTIONS = {
  "amur-marker": (link) => openCard(link, target(link)),
  "amur-show": (link) => openCard(link, target(link)),
  "amur-number": (link) => backTo(link),
  "amur-close": () => closeDrawer(),
  "amur-copy": (link) => copy(link, shownText(target(link))),
  "amur-link": (link) => copy(link, link.href),
  "amur-print": () => window.print(),
  "amur-file": (link) => save(link),
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
  place.scrollIntoView({ behavior: CALM.matches || PHONE.matches ? "auto" : "smooth", block: PHONE.matches ? "start" : "nearest" });
  place.focus({ preventScroll: true });
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
let seen = "";
new MutationObserver(() => {
  const chat = document.getElementById("amur-chat");
  const questions = chat ? chat.querySelectorAll(".user-row") : [];
  const state = `${questions.length} ${chat ? chat.querySelectorAll(".amur-answer p, .options").length : 0}`;
  if (state === seen) return;
  seen = state;
  if (!questions.length) return;
  const box = chat.querySelector("[role='log']");
  const question = questions[questions.length - 1];
  if (box) box.scrollTop += question.getBoundingClientRect().top - box.getBoundingClientRect().top - 8;
  const evidence = document.getElementById("amur-evidence");
  if (evidence) evidence.scrollTop = 0;
}).observe(document.documentElement, { childList: true, subtree: true });

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

/** Save an answer as a file; the page holds it in every form. */
function save(link) {
  const [form, turn] = (link.getAttribute("href") || "").slice(1).split("-");
  const [media, extension] = MEDIA[form];
  const file = document.createElement("a");
  file.href = URL.createObjectURL(new Blob([shownText(target(link))], { type: `${media};charset=utf-8` }));
  file.download = `amur-answer-${turn}.${extension}`;
  file.click();
  setTimeout(() => URL.revokeObjectURL(file.href), 10000);
  tell(link, true);
}
