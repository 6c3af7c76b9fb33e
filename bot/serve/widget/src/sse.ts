// Server-sent events out of a byte stream (HTML Standard, 9.2.6). EventSource itself can neither POST nor send a token.

export interface Sent {
  readonly event: string;
  readonly data: string;
}

/** Yield the events of a stream as they become complete; what was not ended by an empty line is dropped. */
export async function* readEvents(bytes: ReadableStream<Uint8Array>, alive: () => void): AsyncGenerator<Sent> {
  const reader = bytes.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let returned = false;
  let event = "";
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      alive();
      let text = decoder.decode(value, { stream: true });
      // The other half of a line end whose first half came with the bytes before.
      if (returned && text.startsWith("\n")) text = text.slice(1);
      else if (!text) continue;
      returned = text.endsWith("\r");
      const lines = (rest + text).split(/\r\n|\n|\r/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line === "") {
          if (data.length) yield { event: event || "message", data: data.join("\n") };
          event = "";
          data = [];
          continue;
        }
        const colon = line.indexOf(":");
        const name = colon < 0 ? line : line.slice(0, colon);
        const content = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (name === "event") event = content;
        else if (name === "data") data.push(content);
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
