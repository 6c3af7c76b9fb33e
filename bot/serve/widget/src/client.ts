// Talks to the server: a short-lived token, questions as a stream, feedback. No cookies, no other host.
import { readEvents } from "./sse";
import type { About, Answer, Message, ServerEvent } from "./types";

/** Why there is no answer: a code of the server's, or `offline`, `forbidden_origin`, `broken`. */
export class Failure extends Error {
  constructor(
    readonly code: string,
    message = "",
    readonly wait = 0,
  ) {
    super(message || code);
    this.name = "AmurError";
  }
}

/** Milliseconds without a byte, heartbeats included, after which a stream counts as broken. */
const SILENCE = 60_000;

/** What a reader thinks of an answer. */
export interface Opinion {
  readonly answer: Answer;
  readonly rating: "up" | "down";
  readonly reason?: string;
  readonly comment?: string;
}

export class Client {
  #token = "";
  #until = 0;

  /** `base` is the server's address without a slash at its end. */
  constructor(readonly base: string) {}

  /** Return what the server says of itself; a server too old or too busy to say so is no reason not to ask. */
  async about(signal: AbortSignal): Promise<About> {
    const said = (await this.#json(await this.#fetch("version", { signal }))) as Partial<About>;
    return {
      as_of: said.as_of ?? null,
      starters: (said.starters ?? []).map(String),
      question_languages: (said.question_languages ?? []).map(String),
      max_question_characters: said.max_question_characters ?? 2000,
    };
  }

  /** Yield the events of one answer; the last is of kind `answer`, else a Failure is thrown. */
  async *ask(question: string, history: readonly Message[], signal: AbortSignal): AsyncGenerator<ServerEvent> {
    const silence = new AbortController();
    let timer = 0;
    const alive = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(() => silence.abort(), SILENCE);
    };
    alive();
    try {
      const both = AbortSignal.any([signal, silence.signal]);
      const response = await this.#post("ask/stream", { question, history }, both);
      if (!response.body) throw new Failure("broken");
      for await (const sent of readEvents(response.body, alive)) {
        const event = { kind: sent.event, data: JSON.parse(sent.data) } as ServerEvent;
        if (event.kind === "error") {
          throw new Failure(event.data.code ?? "failed", event.data.message, event.data.retry_after);
        }
        yield event;
        if (event.kind === "answer") return;
      }
      throw new Failure("broken");
    } catch (error) {
      throw error instanceof Failure || signal.aborted ? error : new Failure("broken", String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Send an opinion with what the answer was made from: the question and the conversation before it. */
  async feedback(opinion: Opinion, history: readonly Message[], signal: AbortSignal): Promise<void> {
    await this.#post("feedback", { question: opinion.answer.question, history, ...opinion }, signal);
  }

  /** Send something with a token; one that the server no longer takes is renewed once. */
  async #post(path: string, body: unknown, signal: AbortSignal): Promise<Response> {
    for (let renewed = false; ; renewed = true) {
      if (renewed || performance.now() > this.#until) await this.#renew(signal);
      try {
        return await this.#fetch(path, {
          method: "POST",
          headers: { "content-type": "application/json", "x-amur-token": this.#token },
          body: JSON.stringify(body),
          signal,
        });
      } catch (error) {
        if (renewed || !(error instanceof Failure) || !error.code.startsWith("token_")) throw error;
      }
    }
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const said = (await this.#json(await this.#fetch("token", { method: "POST", signal }))) as {
      token: string;
      expires_in: number;
    };
    this.#token = String(said.token);
    this.#until = performance.now() + Number(said.expires_in) * 800; // a fifth before it runs out
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const url = `${this.base}/api/v1/${path}`;
    let response: Response;
    try {
      response = await fetch(url, { ...init, credentials: "omit", cache: "no-store", referrerPolicy: "origin" });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new Failure((await this.#answers()) ? "forbidden_origin" : "offline", String(error));
    }
    if (response.ok) return response;
    const said = (await response.json().catch(() => ({}))) as { error?: { code?: string; message?: string } };
    const code = said.error?.code ?? (response.status === 429 ? "too_many" : "failed");
    const wait = Number(response.headers.get("retry-after")) || 0;
    throw new Failure(code, said.error?.message ?? `HTTP ${response.status}`, wait);
  }

  /** Say whether the server is there. A browser hides its refusal of a foreign site, so this is how to tell one from a dead server. */
  async #answers(): Promise<boolean> {
    try {
      await fetch(`${this.base}/api/v1/health`, { mode: "no-cors", credentials: "omit", cache: "no-store" });
      return true;
    } catch {
      return false;
    }
  }

  async #json(response: Response): Promise<unknown> {
    try {
      return await response.json();
    } catch (error) {
      throw new Failure("broken", String(error));
    }
  }
}
