// The embeddable chat. Text from the server is only ever set as text, never as HTML.
"use strict";

const conversation = document.getElementById("conversation");
const form = document.getElementById("ask");
const input = document.getElementById("question");
const button = form.querySelector("button");
const history = [];
let turn = 0;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const question = input.value.trim();
  if (!question || button.disabled) return;
  button.disabled = true;
  input.value = "";
  turn += 1;
  conversation.append(element("p", question, "question"));
  const waiting = element("p", "…", "hint");
  conversation.append(waiting);
  try {
    const response = await fetch("api/v1/ask", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ question, history: history.slice(-20) }),
    });
    const body = await response.json();
    if (!response.ok) throw new Error(body.error ? body.error.message : `HTTP ${response.status}`);
    waiting.replaceWith(...shown(body, turn));
    history.push({ role: "user", content: question }, { role: "assistant", content: body.answer });
  } catch (error) {
    waiting.textContent = `No answer: ${error.message}`;
    input.value = question;
  } finally {
    button.disabled = false;
    conversation.scrollTop = conversation.scrollHeight;
    input.focus();
  }
});

function shown(answer, number) {
  const parts = [];
  if (answer.lead) parts.push(element("p", answer.lead, "lead"));
  if (!answer.statements.length) parts.push(element("p", answer.answer));
  for (const statement of answer.statements) {
    const paragraph = element("p", statement.text + " ");
    for (const n of statement.numbers) paragraph.append(marker(number, n));
    parts.push(paragraph);
  }
  for (const citation of answer.citations) parts.push(card(citation, number));
  const count = answer.citations.length;
  if (count) parts.push(element("p", `Corpus as of ${answer.as_of || "unknown"}`, "meta"));
  return parts;
}

function marker(number, n) {
  const link = element("a", `[${n}]`, "marker");
  link.href = `#t${number}-c${n}`;
  link.addEventListener("click", () => {
    const target = document.getElementById(`t${number}-c${n}`);
    if (target) target.open = true;
  });
  return link;
}

function card(citation, number) {
  const details = element("details");
  details.id = `t${number}-c${citation.number}`;
  details.append(element("summary", `[${citation.number}] ${citation.title}${citation.section ? ", " + citation.section : ""}`));
  details.append(element("blockquote", citation.cited_text));
  const list = element("ul");
  for (const reference of citation.references) {
    const item = element("li");
    const text = `${reference.title}. ${reference.publisher}, ${reference.issued || "n.d."} (${reference.perspective})`;
    item.append(/^https?:\/\//.test(reference.url || "") ? outside(reference.url, text) : text);
    list.append(item);
  }
  details.append(list);
  return details;
}

function outside(url, text) {
  const link = element("a", text);
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}
