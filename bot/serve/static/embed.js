// The page for a frame: one widget over the whole page. Its address may say how it looks; it cannot say anything else.
"use strict";

const wishes = new URLSearchParams(location.search);
const chat = document.createElement("amur-chat");
chat.setAttribute("form", "page");
chat.setAttribute("lang", wishes.get("lang") || navigator.language);
for (const name of ["theme", "accent", "heading", "greeting", "questions"]) {
  const value = wishes.get(name);
  if (value !== null) chat.setAttribute(name, value);
}
document.documentElement.lang = chat.getAttribute("lang");
document.body.append(chat);
