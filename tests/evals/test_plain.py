"""The pipeline of the tutorials: right offsets, kept for the texts it was made from, made anew for others."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.pipeline import Bot
from bot.settings import Settings
from evals.plain import CHUNK_CHARACTERS, DONE, open_plain
from index.build import build_index
from tests.fakes import BagOfWords

LONG = "\n\n".join(
    f"In {year} the two countries held {year % 7} meetings, and they met again later." for year in range(1950, 2010)
)
REPEATED = "The treaty holds. " * 200


@dataclass
class Told:
    """What was said of the progress."""

    steps: list[tuple[str, int, int]] = field(default_factory=list)

    def __call__(self, what: str, done: int, total: int) -> None:
        self.steps.append((what, done, total))


def plain_folders(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.home / "evals" / "plain").iterdir())


def test_every_chunk_stands_in_its_document_at_its_offsets(make_bot: Callable[..., Bot], corpus_folder: Path) -> None:
    (corpus_folder / "long.txt").write_text(LONG, encoding="utf-8")
    (corpus_folder / "repeated.txt").write_text(REPEATED, encoding="utf-8")
    (corpus_folder / "中俄.txt").write_text("1969年3月，中苏两国军队在珍宝岛交火。\n\n" * 80, encoding="utf-8")
    bot = make_bot()
    found = open_plain(bot, Told()).search("How many meetings were there in 1969?", 100)
    by_document: dict[str, list[tuple[int, int]]] = {}
    for quote, passage in found:
        document = bot.store.document(quote.document_id)
        assert document is not None
        assert document.text[quote.source_start : quote.source_end] == quote.text
        assert 0 < len(quote.text) <= CHUNK_CHARACTERS
        assert (passage.document_id, passage.source_start, passage.source_end) == (
            quote.document_id, quote.source_start, quote.source_end,
        )  # fmt: skip
        by_document.setdefault(quote.document_id, []).append((quote.source_start, quote.source_end))
    assert len(by_document) == 6
    long = bot.store.document("long")
    assert long is not None
    spans = sorted(by_document["long"])
    assert len(spans) > 4
    assert (spans[0][0], spans[-1][1]) == (0, len(long.text))
    assert all(after[0] < before[1] for before, after in itertools.pairwise(spans))  # they overlap


def test_the_nearest_come_first_and_no_more_than_asked_for(bot: Bot) -> None:
    pipeline = open_plain(bot, Told())
    found = [passage for _, passage in pipeline.search("When was the friendship treaty signed?", 2)]
    assert [p.id for p in found] == ["treaty:0", "essay:0"]
    texts = {d.id: d.text for d in map(bot.store.document, ("treaty", "essay")) if d}
    vector = bot.embedder.embed_query("When was the friendship treaty signed?")
    for passage in found:
        cosine = float(bot.embedder.embed_documents([texts[passage.document_id]])[0] @ vector)
        assert passage.score == pytest.approx(cosine, abs=1e-4)


def test_it_is_kept_for_the_texts_it_was_made_from(small: Settings) -> None:
    told, embedder = Told(), BagOfWords()
    open_plain(Bot(small, embedder=embedder), told)
    assert told.steps == [("Embedding for the plain pipeline", 3, 3)]
    assert len(embedder.embedded) == 3
    again, other = Told(), BagOfWords()
    found = open_plain(Bot(small, embedder=other), again).search("treaty", 10)
    assert (again.steps, other.embedded) == ([], [])
    assert len(found) == 3


def test_other_texts_make_another_and_only_that_is_kept(small: Settings) -> None:
    open_plain(Bot(small, embedder=BagOfWords()), Told())
    before = plain_folders(small)
    (Path(small.corpus) / "harbin.txt").write_text("Harbin has an ice festival in January.", encoding="utf-8")
    build_index(small, embedder=BagOfWords())
    told = Told()
    found = open_plain(Bot(small, embedder=BagOfWords()), told).search("Where is the ice festival?", 1)
    assert told.steps == [("Embedding for the plain pipeline", 4, 4)]
    assert [q.document_id for q, _ in found] == ["harbin"]
    assert len(before) == len(plain_folders(small)) == 1
    assert before != plain_folders(small)


def test_other_weights_make_another(small: Settings) -> None:
    open_plain(Bot(small, embedder=BagOfWords()), Told())
    build_index(small, embedder=BagOfWords(revision="2"))
    told = Told()
    open_plain(Bot(small, embedder=BagOfWords(revision="2")), told)
    assert len(told.steps) == 1


def test_one_that_was_not_finished_is_made_anew(small: Settings) -> None:
    class Killed(BagOfWords):
        def embed_documents(self, texts: object) -> object:  # type: ignore[override]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as interrupted:
        open_plain(Bot(small, embedder=Killed()), Told())
    (folder,) = (small.home / "evals" / "plain").iterdir()
    assert not (folder / DONE).exists()
    told = Told()
    found = open_plain(Bot(small, embedder=BagOfWords()), told).search("treaty", 10)
    assert told.steps == [("Embedding for the plain pipeline", 3, 3)]
    assert len(found) == 3
    assert (folder / DONE).exists()
    assert interrupted.type is KeyboardInterrupt  # kept to here, and with it everything that was open
