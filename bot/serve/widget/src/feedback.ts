// What a reader thinks of an answer. Nothing is sent before a button is pressed, and it says what is sent.
import type { Opinion } from "./client";
import { button, el, ICONS, icon } from "./dom";
import type { Strings, Words } from "./strings";
import type { Answer } from "./types";

const REASONS: readonly (readonly [string, keyof Strings])[] = [
  ["wrong", "wrong"],
  ["unsupported-citation", "unsupported"],
  ["missing", "missing"],
  ["biased", "biased"],
  ["other", "another"],
];

/** Return the buttons under an answer: copy it, say that it helped, say what is wrong with it. */
export function answerTools(
  answer: Answer,
  words: Words,
  text: () => string,
  send: (opinion: Opinion) => Promise<void>,
): HTMLElement {
  const status = el("span", { class: "quiet", role: "status" });
  const form = reasons(words, (reason, comment) => give("down", { reason, comment }));
  const copied = (): void => {
    navigator.clipboard.writeText(text()).then(
      () => (status.textContent = words.say("copied")),
      () => (status.textContent = words.say("uncopied")), // a frame without allow="clipboard-write"
    );
  };
  const copy = tool("copy", words.say("copy"), copied);
  const up = tool("up", words.say("up"), () => give("up", {}));
  up.title += `. ${words.say("sends")}`;
  const down = tool("down", words.say("down"), () => {
    form.hidden = !form.hidden;
    down.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.querySelector("input")?.focus();
  });
  down.setAttribute("aria-expanded", "false");
  const tools = el("div", { class: "tools", part: "tools" }, navigator.clipboard && copy, up, down, status);

  async function give(rating: "up" | "down", why: { reason?: string; comment?: string }): Promise<void> {
    up.disabled = down.disabled = true;
    try {
      await send({ answer, rating, ...why });
      form.hidden = true;
      status.textContent = words.say("thanks");
      (rating === "up" ? up : down).setAttribute("aria-pressed", "true");
    } catch {
      up.disabled = down.disabled = false;
      status.textContent = words.say("unsent");
    }
  }
  return el("div", {}, tools, form);
}

function tool(name: keyof typeof ICONS, label: string, act: () => void): HTMLButtonElement {
  return button({ class: "tool", "aria-label": label, title: label }, act, icon(ICONS[name]));
}

function reasons(words: Words, send: (reason: string, comment: string) => void): HTMLFormElement {
  const comment = el("textarea", { rows: "2", maxlength: "2000", "aria-label": words.say("comment") });
  comment.placeholder = words.say("comment");
  const choices = REASONS.map(([value, key], index) => {
    const input = el("input", { type: "radio", name: "reason", value, checked: index === 0 });
    return el("label", {}, input, words.say(key));
  });
  const form = el(
    "form",
    { class: "reasons", hidden: true },
    el("fieldset", {}, el("legend", {}, words.say("why")), ...choices),
    comment,
    el("p", { class: "quiet" }, words.say("sends")),
    el("button", { class: "plain", type: "submit" }, words.say("send")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = form.querySelector<HTMLInputElement>("input:checked");
    send(chosen?.value ?? "other", comment.value.trim());
  });
  return form;
}
