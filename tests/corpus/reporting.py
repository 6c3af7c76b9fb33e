"""What the tests of the report on the corpus share."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from corpus.documents import Corpus, load_corpus


@pytest.fixture
def small(corpus_folder: Path) -> Corpus:
    return load_corpus([corpus_folder])


def write(folder: Path, **texts: str) -> Corpus:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return load_corpus([folder])


class Words(HTMLParser):
    """The words of a page, without its styles and plots, tags, and the addresses that it links to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self._hidden = 0
        self.feed(page)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"svg", "style"}
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "action"}]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"svg", "style"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)
