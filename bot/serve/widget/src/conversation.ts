// The open conversation: asks, keeps the turns, remembers them for this tab and no longer.
import { Turn } from "./turn";
import type { Answer, Message } from "./types";

/** Earlier turns that the server is told about; and those that are remembered. */
const TOLD = 10;
const REMEMBERED = 20;
/** Characters of an earlier answer that are sent; the server refuses longer ones. */
const LONGEST = 20_000;

/** Return what was said before, for a question that follows it up. */
export function historyOf(turns: readonly Turn[]): Message[] {
  const messages: Message[] = [];
  for (const { question, answer } of turns) {
    if (!answer) continue;
    messages.push({ role: "user", content: question.slice(0, LONGEST) });
    messages.push({ role: "assistant", content: answer.answer.slice(0, LONGEST) });
  }
  return messages.slice(-2 * TOLD);
}

/** Keys in use on this page: of two widgets with one key the second remembers nothing, rather than the first one's turns. */
const taken = new Map<string, object>();

/** The conversation of one widget in sessionStorage; where that is blocked, nothing is remembered. */
export class Memory {
  #key: string;

  constructor(
    readonly owner: object,
    name: string,
  ) {
    this.#key = `amur:${name}`;
  }

  read(): Turn[] {
    if (!taken.has(this.#key)) taken.set(this.#key, this.owner);
    if (taken.get(this.#key) !== this.owner) return [];
    try {
      const kept: unknown = JSON.parse(sessionStorage.getItem(this.#key) ?? "[]");
      return (Array.isArray(kept) ? kept : []).filter(isAnswer).map((answer) => {
        const turn = new Turn(answer.question);
        turn.answer = answer;
        return turn;
      });
    } catch {
      return [];
    }
  }

  write(turns: readonly Turn[]): void {
    if (taken.get(this.#key) !== this.owner) return;
    const answers = turns.map((turn) => turn.answer).filter((answer): answer is Answer => answer !== null);
    try {
      if (answers.length) sessionStorage.setItem(this.#key, JSON.stringify(answers.slice(-REMEMBERED)));
      else sessionStorage.removeItem(this.#key);
    } catch {
      // full, or blocked by the browser: the conversation goes on without being remembered
    }
  }

  /** Let another widget use the key. */
  release(): void {
    if (taken.get(this.#key) === this.owner) taken.delete(this.#key);
  }
}

/** Say whether something is an answer that can be shown: the host page may have written into its own storage. */
function isAnswer(value: unknown): value is Answer {
  const one = value as Partial<Answer> | null;
  return (
    typeof one?.question === "string" &&
    typeof one.answer === "string" &&
    typeof one.source_mix === "object" &&
    [one.statements, one.citations, one.disputed, one.suggestions].every(Array.isArray)
  );
}
