// A page of somebody's site with the widget on it. The setup page says how it looks; see setup.js.
"use strict";

const NAMES = ["form", "lang", "theme", "accent", "heading", "greeting", "questions", "position"];
let chat = null;

function show(looks) {
  if (!chat || chat.getAttribute("form") !== looks.form) {
    if (chat) chat.destroy();
    chat = document.createElement("amur-chat");
    chat.setAttribute("form", looks.form);
    (looks.form === "inline" ? document.getElementById("place") : document.body).append(chat);
  }
  for (const name of NAMES) {
    if (looks[name]) chat.setAttribute(name, looks[name]);
    else chat.removeAttribute(name);
  }
  document.body.classList.toggle("bare", looks.form === "page");
  // the operator is typing in the page around this one, and keeps the focus
  customElements.whenDefined("amur-chat").then(() => chat.open({ focus: false }));
}

addEventListener("message", ({ origin, data }) => {
  if (origin === location.origin && data && data.form) show(data);
});
parent.postMessage("ready", location.origin);
