"""Load: fifty readers at once against the server, and the same readers calling `Bot.answer` without one.

Each reader asks one question after another, all of them different ones; each reply is held against what the bot alone answers to
that very question, so that a mixed-up answer is found.
"""

import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from bot.pipeline import Bot
from tests.bench.measure import Row

READERS = 50
SECONDS = 60.0
BASELINE_SECONDS = 20.0
SHARE = 0.7
"""Of the throughput without a server, what the server must reach."""

Said = tuple[str, str]
"""The question as the answer repeats it, in one line, and the answer's text."""
Ask = Callable[[str], Said]


@dataclass(kw_only=True)
class Load:
    """What a number of readers met."""

    seconds: list[float] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    lasted: float = 0.0

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.lasted

    def percentile(self, share: int) -> float:
        """Return the seconds within which this share of a hundred answers came."""
        return statistics.quantiles(self.seconds, n=100)[share - 1]


def put_load(readers: Sequence[Ask], expected: dict[str, Said], seconds: float) -> Load:
    """Let readers ask at the same time, each beginning elsewhere in the list of questions."""
    load, lock, questions = Load(), threading.Lock(), list(expected)
    started = time.perf_counter()

    def read(ask: Ask, asked: Iterator[str]) -> None:
        while time.perf_counter() - started < seconds:
            question = next(asked)
            began = time.perf_counter()
            try:
                said = ask(question)
            except Exception as error:  # whatever goes wrong for a reader is counted, and named in the table
                with lock:
                    load.errors.append(f"{type(error).__name__}: {error}")
                continue
            with lock:
                load.seconds.append(time.perf_counter() - began)
                if said != expected[question]:
                    load.mixed.append(question)

    step = max(len(questions) // len(readers), 1)
    threads = [
        threading.Thread(target=read, args=(ask, cycle(questions[n * step :] + questions[: n * step])))
        for n, ask in enumerate(readers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.lasted = time.perf_counter() - started
    return load


def over_http(port: int) -> Ask:
    """Return a reader of the API with a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(question: str) -> Said:
        connection.request(
            "POST", "/api/v1/ask", json.dumps({"question": question}), {"content-type": "application/json"}
        )
        reply = connection.getresponse()
        body = json.loads(reply.read())
        if reply.status != 200:
            raise RuntimeError(f"{reply.status} {body}")
        return body["question"], body["answer"]

    return ask


def bench_load(bot: Bot, questions: Sequence[str], port: int, root: Path) -> list[Row]:
    """Measure the server under load beside the bot alone."""

    def directly(question: str) -> Said:
        answer = bot.answer(question)
        return answer.question, answer.answer

    expected = {question: directly(question) for question in dict.fromkeys(questions)}
    assert all(said[0] == " ".join(question.split()) for question, said in expected.items())
    alone = put_load([directly], expected, BASELINE_SECONDS)
    together = put_load([directly] * READERS, expected, BASELINE_SECONDS)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AMUR_")}
    environment |= {
        "AMUR_HOME": str(bot.settings.home),
        "AMUR_LIMIT_READER": "",
        "AMUR_LIMIT_SERVER": "",
        "AMUR_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-m", "amur", "serve", "--port", str(port)]
    server = subprocess.Popen(command, cwd=root, env=environment, stderr=subprocess.DEVNULL)
    try:
        _wait(server, port)
        put_load([over_http(port)], expected, 3)  # warm
        served = put_load([over_http(port) for _ in range(READERS)], expected, SECONDS)
    finally:
        server.terminate()
        server.wait(timeout=30)
    return _rows(alone, together, served)


def _wait(server: "subprocess.Popen[bytes]", port: int) -> None:
    begun = time.perf_counter()
    while True:
        if server.poll() is not None or time.perf_counter() - begun > 120:
            raise RuntimeError("the server did not start")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/api/v1/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)


def _rows(alone: Load, together: Load, served: Load) -> list[Row]:
    best = max(alone.throughput, together.throughput)
    share = served.throughput / best
    note = (
        f"{served.throughput:.1f} answers a second; Bot.answer in a loop {alone.throughput:.1f}, "
        f"called by the same {READERS} readers {together.throughput:.1f}; the better of both is the measure"
    )
    first = f"; first: {served.errors[0]}" if served.errors else ""
    faults = len(served.errors) + len(served.mixed)
    return [
        Row(
            what=f"throughput, {READERS} readers at once over HTTP ÷ without a server",
            value=f"{share:.2f}",
            bound=f"≥ {SHARE:.2f}",
            met=share >= SHARE,
            note=note,
        ),
        Row(
            what=f"errors and mixed-up answers, {READERS} readers for {SECONDS:.0f} s",
            value=f"{len(served.errors)} and {len(served.mixed)}",
            bound="0 and 0",
            met=faults == 0,
            note=f"of {len(served.seconds)} answers{first}",
        ),
        Row(
            what=f"an answer's time with {READERS} readers, p50 / p95",
            value=f"{served.percentile(50):.2f} s / {served.percentile(95):.2f} s",
            note=f"without a server {together.percentile(50):.2f} s / {together.percentile(95):.2f} s",
        ),
    ]
