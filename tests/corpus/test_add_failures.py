"""Folders to add, and whatever cannot be added: one line for each, and nothing else is lost."""

import os
from pathlib import Path

import pytest
from filelock import FileLock

from bot.settings import Settings
from corpus.add import add_documents
from corpus.errors import CorpusError
from corpus.metadata import Given
from corpus.readers import Limits
from corpus.sources import find_sources
from tests.corpus.adding import FERRY, add, add_one, added, here, id_of, tree, why_not, write
from tests.corpus.fetching import Server, server
from tests.corpus.reading import PAGE

__all__ = ["here", "server"]  # fixtures


def test_a_folder_is_walked_and_one_bad_file_stops_nothing(settings: Settings, here: Path, tmp_path: Path) -> None:
    write(here / "b" / "bad.pdf", b"%PDF-1.7 broken")
    write(here / "a.txt", FERRY)
    write(here / "c" / "d" / "e.HTML", PAGE)
    for name in (".hidden.txt", ".git/x.txt", "README.md", "LICENSE.txt", "photo.jpg", "noending"):
        write(here / name, FERRY + name)
    secret = write(tmp_path / "secret.txt", "The password is hunter2.")
    (here / "link.txt").symlink_to(secret)
    (here / "linked").symlink_to(tmp_path)
    outcomes = add(settings, here)
    assert [(Path(o.source).name, o.status) for o in outcomes] == [
        ("a.txt", "added"),
        ("bad.pdf", "failed"),
        ("e.HTML", "added"),
    ]
    assert outcomes[1].detail.startswith(f"Cannot add '{here / 'b' / 'bad.pdf'}': it is damaged")
    assert len(added(settings)) == 2


def test_what_cannot_be_read_says_why(settings: Settings, here: Path) -> None:
    os.mkfifo(here / "pipe.txt")
    (here / "loop.txt").symlink_to(here / "loop.txt")
    (here / "empty").mkdir()
    inside = add_one(settings, write(here / "a.txt", FERRY)).entry
    assert inside is not None
    assert "no ordinary file" in why_not(settings, here / "pipe.txt")
    assert "Cannot read" in why_not(settings, here / "loop.txt")
    assert "holds no file of .docx" in why_not(settings, here / "empty")
    assert "There is no file or folder" in why_not(settings, here / "gone.txt")
    assert "is an added document already" in why_not(settings, inside.path)
    assert "none of .docx" in why_not(settings, write(here / "a.gif", b"GIF89a"))
    assert "neither http nor https" in why_not(settings, "ftp://example.org/a.txt")
    assert "holds no text that could be quoted" in why_not(settings, write(here / "b.txt", " \n "))
    assert "larger than 1 MiB" in why_not(settings, write(here / "c.txt", "x" * 2**21), limits=Limits(size=2**20))


@pytest.mark.parametrize("suffix", [".md", ".txt", ".html", ".pdf", ".docx"])
@pytest.mark.parametrize("content", [b"", bytes(range(256)) * 20], ids=["empty", "binary"])
def test_a_file_that_is_not_what_its_name_says_is_one_line(
    settings: Settings, here: Path, suffix: str, content: bytes
) -> None:
    path = write(here / f"a{suffix}", content)
    assert why_not(settings, path).startswith(f"Cannot add '{path}': ")
    assert tree(settings) == {}


@pytest.mark.parametrize(
    ("name", "document_id"),
    [("a b.txt", "a-b"), ("it's \"so\".txt", "it-s-so"), ("отчёт 中文.txt", "отчёт-中文"), ("a\nb.txt", "a-b"), ("-rf.txt", "rf"),
     ("a;$(touch x).txt", "a-touch-x"), ("a..txt", "a")],
)  # fmt: skip
def test_a_file_may_have_any_name(settings: Settings, here: Path, name: str, document_id: str) -> None:
    outcome = add_one(settings, write(here / name, FERRY))
    assert id_of(outcome) == document_id
    assert list(tree(settings)) == [f"texts/documents/{document_id}.md"]
    assert add_one(settings, here / name).status == "unchanged"


@pytest.mark.parametrize("name", ["", " "])
def test_an_empty_name_is_not_the_working_folder(name: str) -> None:
    Path("a.txt").write_text(FERRY, encoding="utf-8")
    with pytest.raises(CorpusError, match="names nothing"):
        find_sources([name])


def test_too_many_sentences_are_refused_in_whatever_language(settings: Settings, here: Path) -> None:
    before = tree(settings)
    # In English "a." is an abbreviation, in the language that this is taken for it ends a sentence.
    path = write(here / "a.txt", "a. " * 400)
    assert "more than 300 sentences" in why_not(settings, path, limits=Limits(sentences=300))
    assert tree(settings) == before


def test_a_page_that_may_not_be_fetched_is_one_failure(settings: Settings, server: Server, here: Path) -> None:
    outcomes = list(
        add_documents(settings, find_sources([server.page("/"), str(write(here / "a.txt", FERRY))]), Given())
    )
    assert [o.status for o in outcomes] == ["failed", "added"]
    assert "port" in outcomes[0].detail
    assert server.asked == []


def test_a_folder_that_cannot_be_written_leaves_the_corpus_as_it_was(settings: Settings, here: Path) -> None:
    add_one(settings, write(here / "a.txt", FERRY))
    write(settings.home / "texts" / "blocked", b"")
    before = tree(settings)
    assert "Cannot write" in why_not(settings, write(here / "b.txt", "The ferry sank."), topic="blocked")
    assert "Cannot write" in why_not(settings, here / "a.txt", topic="blocked")
    write(settings.home / "texts" / "taken" / "a.md", "---\nid: other\n---\n\nWords.\n")
    before = tree(settings)
    assert "is in the way" in why_not(settings, here / "a.txt", topic="taken")
    assert tree(settings) == before


def test_two_commands_do_not_add_at_once(settings: Settings, here: Path) -> None:
    write(here / "a.txt", FERRY)
    settings.home.mkdir()
    with (
        FileLock(settings.home / "texts.lock"),
        pytest.raises(CorpusError, match="Another `amur corpus add` is at work"),
    ):
        add(settings, here / "a.txt")
    assert tree(settings) == {}


def test_a_home_that_is_a_file_is_one_error(settings: Settings, here: Path) -> None:
    write(settings.home, b"")
    with pytest.raises(CorpusError, match="Cannot write in"):
        add(settings, write(here / "a.txt", FERRY))
