"""A server on loopback that speaks OpenAI's chat completions and follows a script: good, slow, cut off, refusing, broken."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
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

    `pieces` are sent one by one, a number among them is a pause in seconds, an event is waited for. With a `status` other than 200 an
    error is sent; `cut` breaks the connection after the pieces; `finish` is how the model says that it ended, None leaves that out.
    """

    pieces: Sequence[str | float | Event] = ()
    status: int = 200
    cut: bool = False
    finish: str | None = "stop"
    usage: Mapping[str, int] | None = field(default_factory=lambda: USAGE)
    refusal: str | None = None


Script = Callable[[Mapping[str, Any]], Says]
"""What to say to a request's body."""


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
                owner.keys.append(self.headers["Authorization"])
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
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def _stream(self, said: Says, body: Mapping[str, Any]) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for piece in said.pieces:
                    if isinstance(piece, str):
                        self._event(owner.chunk(body, {"role": "assistant", "content": piece}))
                        owner.sent.append((piece, time.perf_counter()))
                    elif isinstance(piece, Event):
                        piece.wait(30)
                    else:
                        time.sleep(piece)
                if said.cut:
                    self.close_connection = True
                    return
                if said.finish:
                    self._event(owner.chunk(body, {}, said.finish))
                if said.usage and (body.get("stream_options") or {}).get("include_usage"):
                    self._event({**owner.chunk(body, {}), "choices": [], "usage": said.usage})
                self._send(b"data: [DONE]\n\n")
                self._send(b"")

            def _event(self, data: Mapping[str, Any]) -> None:
                self._send(f"data: {json.dumps(data)}\n\n".encode())

            def _send(self, data: bytes) -> None:
                self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
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

    def chunk(self, body: Mapping[str, Any], delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": body["model"],
            "choices": [choice],
        }

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
