"""`make bench`, a chat model: from the last token of a sentence to the reader, and what checking a sentence takes."""

import html
import json
import re
import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.check import Cited, check_sentence
from bot.pipeline import Bot
from bot.settings import Settings
from corpus.glossary import load_glossary
from corpus.settings import SHIPPED_TEXTS
from index.build import build_index
from index.embed import Embedder
from tests.bench.measure import Row
from tests.chat_server import ChatServer, Says, serving_chat

RELEASE, CHECK = 50, 20
"""Milliseconds that a sentence may take from its last token to the reader, and its check."""
PAUSE = 0.15
"""Seconds between two sentences, so that each stands alone."""
QUESTIONS = (
    "How much was trade between China and Russia in 2024?",
    "When was the Treaty of Good-Neighbourliness signed?",
    "What is the Power of Siberia pipeline?",
    "Which joint exercises do China and Russia hold?",
    "What did the joint statement of February 2022 say?",
)
TESTS = Path(__file__).resolve().parent.parent / "bot"


def bench_write(embedder: Embedder, home: Path) -> list[Row]:
    """A scripted model on loopback repeats sentences of the shipped corpus, indexed in a home; the checks run on the paraphrases and
    translations of the tests."""
    return [_release(embedder, home), _checks()]


def _script(body: Mapping[str, Any]) -> Says:
    spans = re.findall(r'<span key="(\w+)"[^>]*>(.*?)</span>', body["messages"][-1]["content"], re.DOTALL)
    pieces: list[str | float] = []
    for key, words in spans[:8]:
        words = html.unescape(words)
        pieces += [words[:-1], f" [{key}]", ".", PAUSE]  # the full stop is the last token
    return Says(pieces=pieces)


def _release(embedder: Embedder, home: Path) -> Row:
    waits: list[float] = []
    with serving_chat(_script) as server:
        settings = Settings(home=home, chat_model="openai:scripted", chat_base_url=server.url)
        build_index(settings, embedder=embedder)
        bot = Bot(settings, embedder=embedder)
        bot.answer(QUESTIONS[0])
        for question in QUESTIONS:
            waits += _waits(bot, server, question)
    worst = max(waits)
    note = f"median {statistics.median(waits):.1f} ms, {len(waits)} sentences of {len(QUESTIONS)} answers; streamed over loopback"
    return _row("a sentence's last token to the reader, worst", worst, RELEASE, note)


def _waits(bot: Bot, server: ChatServer, question: str) -> list[float]:
    """Return the milliseconds between the sending of each sentence's last token and its text's arrival."""
    server.sent.clear()
    seen = [(e.data["text"], time.perf_counter()) for e in bot.stream(question) if e.kind == "delta"]
    stops = [at for piece, at in server.sent if piece == "."]
    found = []
    for _, arrived in seen:
        sent = [at for at in stops if at <= arrived]
        if sent and arrived - sent[-1] < PAUSE:
            found.append(1000 * (arrived - sent[-1]))
    return found


def _checks() -> Row:
    glossary = tuple(load_glossary([SHIPPED_TEXTS]))
    lines = [
        json.loads(line)
        for name in ("paraphrases.jsonl", "translations.jsonl")
        for line in (TESTS / name).read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    for line in (lines[0], lines[-1], lines[-2]):  # English, Chinese, Russian: patterns are made once
        check_sentence(line["claim"], [Cited(text=line["text"])], glossary)
    took = []
    for i, line in enumerate(lines):
        cited = [Cited(text=line["text"]), Cited(text=lines[i - 1]["text"])]  # two spans, as a sentence may name
        started = time.perf_counter()
        check_sentence(line["claim"], cited, glossary)
        took.append(1000 * (time.perf_counter() - started))
    worst = sorted(took)[int(0.99 * len(took))]
    note = f"median {statistics.median(took):.1f} ms, worst {max(took):.1f} ms, {len(took)} sentences in three languages, two spans each"
    return _row("checking a sentence, 99th percentile", worst, CHECK, note)


def _row(what: str, value: float, bound: int, note: str) -> Row:
    return Row(what=what, value=f"{value:.1f} ms", bound=f"≤ {bound} ms", met=value <= bound, note=note)
