"""A server on loopback that follows a script: good, slow, cut off, refusing, broken. It speaks OpenAI's chat completions and, when it is
streaming, Anthropic's messages and Ollama's chat."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest

USAGE = {"prompt_tokens": 200, "completion_tokens": 20, "total_tokens": 220}


@dataclass(frozen=True, kw_only=True)
class Says:
    """What the server says to one request.

    `pieces` are sent one by one, for ever if they never end; a number among them is a pause in seconds, an event is waited for, bytes are
    sent as they are. With a `status` other than 200 an error is sent, with `headers`; `cut` breaks the connection after the pieces;
    `finish` is how the model says that it ended, None leaves that out.
    """

    pieces: Iterable[str | float | Event | bytes] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    finish: str | None = "stop"
    usage: Mapping[str, int] | None = field(default_factory=lambda: USAGE)
    refusal: str | None = None


Script = Callable[[Mapping[str, Any]], Says]
"""What to say to a request's body."""


class OpenAI:
    """How OpenAI's server says it."""

    def __init__(self, body: Mapping[str, Any], said: Says) -> None:
        self.body, self.said = body, said

    def begin(self) -> str:
        return ""

    def piece(self, text: str) -> str:
        return self._event(self._chunk({"role": "assistant", "content": text}))

    def end(self) -> str:
        told = self._event(self._chunk({}, self.said.finish)) if self.said.finish else ""
        if self.said.usage and (self.body.get("stream_options") or {}).get("include_usage"):
            told += self._event({**self._chunk({}), "choices": [], "usage": self.said.usage})
        return told + "data: [DONE]\n\n"

    def _chunk(self, delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        kind = "chat.completion.chunk"
        return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": self.body["model"], "choices": [choice]}

    def _event(self, data: Mapping[str, Any]) -> str:
        return f"data: {json.dumps(data)}\n\n"


class Anthropic(OpenAI):
    """How Anthropic's does."""

    def begin(self) -> str:
        message = {"id": "m", "type": "message", "role": "assistant", "model": self.body["model"], "content": [],
                   "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 200, "output_tokens": 1}}  # fmt: skip
        block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        return self._event({"type": "message_start", "message": message}) + self._event(block)

    def piece(self, text: str) -> str:
        return self._event({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}})

    def end(self) -> str:
        ended = {"stop": "end_turn", "length": "max_tokens"}.get(self.said.finish or "", self.said.finish)
        delta = {
            "type": "message_delta",
            "delta": {"stop_reason": ended, "stop_sequence": None},
            "usage": {"input_tokens": 200, "output_tokens": 20},
        }
        closed = self._event({"type": "content_block_stop", "index": 0})
        return closed + (self._event(delta) + self._event({"type": "message_stop"}) if ended else "")

    def _event(self, data: Mapping[str, Any]) -> str:
        return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n"


class Ollama(OpenAI):
    """How Ollama's does."""

    def piece(self, text: str) -> str:
        return self._event({"done": False, "message": {"role": "assistant", "content": text}})

    def end(self) -> str:
        if not self.said.finish:
            return ""
        counts = {"prompt_eval_count": 200, "eval_count": 20}
        message = {"role": "assistant", "content": ""}
        return self._event({"done": True, "done_reason": self.said.finish, "message": message, **counts})

    def _event(self, data: Mapping[str, Any]) -> str:
        return json.dumps({"model": self.body["model"], "created_at": "2026-01-01T00:00:00Z", **data}) + "\n"


_SPEAKS = {"/messages": Anthropic, "/api/chat": Ollama}


class ChatServer:
    """A running server; `requests` and `keys` are what it was sent, `hung_up` is set when a client left before the end."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.hung_up = Event()
        self.sent: list[tuple[str, float]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                owner.requests.append({"path": self.path, **body})
                owner.keys.append(self.headers["Authorization"] or self.headers["X-Api-Key"] or "")
                said = owner.script(body)
                if said.status != 200 or not body.get("stream"):
                    self._whole(said, body)
                    return
                try:
                    self._stream(said, body)
                except (BrokenPipeError, ConnectionResetError):
                    owner.hung_up.set()
                    self.close_connection = True

            def _whole(self, said: Says, body: Mapping[str, Any]) -> None:
                if said.status == 200:
                    data = json.dumps(owner.completion(said, body)).encode()
                else:
                    told = f"wrong key {self.headers['Authorization']} at {owner.url}"
                    error = {"message": told, "type": "auth", "code": "invalid_api_key"}
                    data = json.dumps({"error": error}).encode()
                self.send_response(said.status)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self._close_behind()
                self.wfile.write(data)

            def _stream(self, said: Says, body: Mapping[str, Any]) -> None:
                self.says = _SPEAKS.get(self.path.removeprefix("/v1").split("?")[0], OpenAI)(body, said)
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Transfer-Encoding", "chunked")
                self._close_behind()
                self._send(self.says.begin())
                for piece in said.pieces:
                    if isinstance(piece, str):
                        self._send(self.says.piece(piece))
                        owner.sent.append((piece, time.perf_counter()))
                    elif isinstance(piece, Event):
                        piece.wait(600)
                    elif isinstance(piece, bytes):
                        self._send(piece.decode())
                    else:
                        time.sleep(piece)
                if said.cut:
                    self.close_connection = True
                    return
                self._send(self.says.end())
                self.wfile.write(b"0\r\n\r\n")

            def _close_behind(self) -> None:
                # So that no client keeps the connection for later: the packages' clients are never closed.
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True

            def _send(self, data: str) -> None:
                if data:
                    self.wfile.write(f"{len(data.encode()):x}\r\n".encode() + data.encode() + b"\r\n")
                    self.wfile.flush()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def completion(self, said: Says, body: Mapping[str, Any]) -> dict[str, Any]:
        content = None if said.refusal else "".join(p for p in said.pieces if isinstance(p, str))
        message = {"role": "assistant", "content": content, "refusal": said.refusal}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [{"index": 0, "finish_reason": said.finish, "message": message}],
            "usage": said.usage,
        }

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@contextmanager
def serving_chat(script: Script) -> Iterator[ChatServer]:
    """Run a server; proxies of the person running the tests are out of the way."""
    server = ChatServer(script)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            patch.delenv(name, raising=False)
        try:
            yield server
        finally:
            server.close()
