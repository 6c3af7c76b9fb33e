// Makes the lines an operator copies, and shows what they give. What is typed here is only ever set as text or as a value.
"use strict";

const field = (id) => document.getElementById(id);
const base = new URL("..", location.href).href.replace(/\/$/, "");
let widget = null;

/** Return the origin of what was typed, or why it is none. Browsers write other scripts in punycode themselves. */
function readSite(typed) {
  if (!typed) return { origin: "https://www.example.org", problem: "" };
  const wild = /^https:\/\/\*\.([a-z0-9-]+(?:\.[a-z0-9-]+)+)\/?$/i.exec(typed);
  if (wild) return { origin: `https://*.${wild[1].toLowerCase()}`, problem: "" };
  const { url, problem } = readAddress(typed);
  return { origin: url ? url.origin : "https://www.example.org", problem };
}

function readAddress(typed) {
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`);
    const name = url.hostname;
    if (/^https?:$/.test(url.protocol) && !url.username && /^[a-z0-9.:[\]-]+$/.test(name)) {
      if (name.includes(".") || name === "localhost" || name.startsWith("[")) return { url, problem: "" };
    }
  } catch {
    // said below
  }
  return { url: null, problem: `“${typed}” is not an address such as https://www.example.org.` };
}

/** Return what was chosen that is not what happens anyway. */
function chosen() {
  const form = document.querySelector("[name=form]:checked").value;
  const looks = { lang: field("lang").value, theme: field("theme").value };
  if (field("accent").value !== field("accent").defaultValue) looks.accent = field("accent").value;
  looks.heading = field("heading").value.trim();
  looks.greeting = field("greeting").value.trim();
  looks.questions = field("questions").value.split("\n").map((line) => line.trim()).filter(Boolean).join(" | ");
  if (form === "bubble") looks.position = field("position").value;
  return { form, looks: Object.fromEntries(Object.entries(looks).filter(([, value]) => value)) };
}

const quoted = (text) => `"${text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;")}"`;

function snippetFor(server, { form, looks }, pinned) {
  if (form === "frame") {
    const query = new URLSearchParams(looks).toString();
    const source = `${server}/embed${query ? `?${query}` : ""}`;
    return `<iframe src=${quoted(source)} title=${quoted(looks.heading || "Ask about China and Russia")}\n  allow="clipboard-write" width="100%" height="600" style="border: 0"></iframe>`;
  }
  const attributes = Object.entries({ form, ...looks }).map(([name, value]) => `  data-${name}=${quoted(value)}`);
  const source = pinned && widget ? widget.url : "/embed/amur.js";
  const check = pinned && widget ? `\n  integrity=${quoted(widget.integrity)} crossorigin="anonymous"` : "";
  return `<script src=${quoted(server + source)}${check}\n${attributes.join("\n")} async></script>`;
}

let shown = "";

function update() {
  const wishes = chosen();
  const site = readSite(field("site").value.trim());
  const typed = field("server").value.trim();
  const address = readAddress(typed);
  field("site-problem").textContent = site.problem;
  field("server-problem").textContent = address.problem;
  field("site").setAttribute("aria-invalid", String(Boolean(site.problem)));
  field("server").setAttribute("aria-invalid", String(Boolean(address.problem)));
  const server = address.url ? (address.url.origin + address.url.pathname).replace(/\/+$/, "") : base;
  const origin = new URL(server).origin;
  const framed = wishes.form === "frame";
  field("pin-choice").hidden = framed || !widget;
  for (const one of document.querySelectorAll("[data-for]")) one.hidden = one.dataset.for !== wishes.form;
  field("snippet").textContent = snippetFor(server, wishes, field("pin").checked);
  // Reached by the name it is typed with, the server knows it already; bare addresses it always does.
  const { hostname } = new URL(server);
  const known = hostname === location.hostname || /^[\d.]+$|^\[|^localhost$/.test(hostname);
  const host = known ? "" : `\nAMUR_ALLOWED_HOSTS="${hostname}"`;
  field("setting").textContent = `AMUR_ALLOWED_ORIGINS="${site.origin}"${host}`;
  field("policy").textContent = framed ? `frame-src ${origin};` : `script-src ${origin}; connect-src ${origin};`;
  show(wishes);
}

function show({ form, looks }) {
  const framed = form === "frame";
  const query = new URLSearchParams(looks).toString();
  const address = framed ? `${base}/embed?${query}` : `${base}/static/preview.html`;
  if (address !== shown) field("shown").contentWindow.location.replace(address); // leaves no trail in the history
  else if (!framed) field("shown").contentWindow.postMessage({ form, ...looks }, location.origin);
  shown = address;
}

function size(name) {
  for (const id of ["desk", "phone"]) field(id).setAttribute("aria-pressed", String(id === name));
  document.querySelector(".stage").classList.toggle("small", name === "phone");
}

async function copy(button) {
  const text = field(button.dataset.copies).textContent;
  try {
    await navigator.clipboard.writeText(text);
    field("copied").textContent = button.textContent = "Copied";
  } catch {
    // without a secure connection a browser lends no clipboard: mark the text instead
    getSelection().selectAllChildren(field(button.dataset.copies));
    field("copied").textContent = button.textContent = "Marked";
  }
  setTimeout(() => (button.textContent = "Copy"), 2000);
}

field("server").value = base;
addEventListener("message", ({ origin, data }) => {
  if (origin === location.origin && data === "ready") update();
});
let waiting = 0;
document.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(update, 150);
});
field("wishes").addEventListener("submit", (event) => event.preventDefault());
for (const id of ["desk", "phone"]) field(id).addEventListener("click", () => size(id));
for (const button of document.querySelectorAll("[data-copies]")) button.addEventListener("click", () => copy(button));
fetch(`${base}/api/v1/version`)
  .then((response) => response.json())
  .then((said) => {
    widget = said.widget ?? null;
    update();
  })
  .catch(() => undefined);
update();
