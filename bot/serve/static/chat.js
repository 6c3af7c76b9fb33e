// Amur's chat page: a marker opens its card, "Copy with sources" copies. Everything else is Gradio's.
"use strict";

document.addEventListener(
  "click",
  (event) => {
    const link = event.target instanceof Element ? event.target.closest("a.amur-marker, a.amur-copy") : null;
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    const id = (link.getAttribute("href") || "").slice(1);
    const target = document.getElementById(id);
    if (!target) return;
    if (link.classList.contains("amur-copy")) copy(link, target);
    else open(target);
  },
  true,
);

function open(card) {
  for (const other of document.querySelectorAll(".amur-current")) other.classList.remove("amur-current");
  card.classList.add("amur-current");
  card.setAttribute("tabindex", "-1");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  card.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "center" });
  card.focus({ preventScroll: true });
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
  const box = chat.querySelector(".bubble-wrap");
  const question = questions[questions.length - 1];
  if (box) box.scrollTop += question.getBoundingClientRect().top - box.getBoundingClientRect().top - 8;
  const evidence = document.getElementById("amur-evidence");
  if (evidence) evidence.scrollTop = 0;
}).observe(document.documentElement, { childList: true, subtree: true });

async function copy(link, source) {
  const text = source.innerText !== "" ? source.innerText : source.textContent;
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
  link.textContent = done ? "Copied" : "Copying failed";
  setTimeout(() => (link.textContent = "Copy with sources"), 2000);
}
