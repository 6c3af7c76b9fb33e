"""Added documents that are removed, hidden and brought back."""

from pathlib import Path

import pytest

from bot.settings import Settings
from corpus.add import add_documents
from corpus.added import remove_documents
from corpus.errors import CorpusError
from corpus.metadata import Given
from corpus.sources import find_sources
from corpus.tombstones import removed
from tests.corpus.adding import FERRY, add_one, added, here, id_of, tree, write

__all__ = ["here"]  # a fixture


def test_removing_an_added_document_deletes_it_and_marks_it(settings: Settings, here: Path) -> None:
    name = id_of(add_one(settings, write(here / "a.txt", FERRY), topic="ferries"))
    assert remove_documents(settings, [name]) == [name]
    assert list(tree(settings)) == [f"tombstones/{name}"]
    assert not (settings.home / "texts" / "ferries").exists()
    assert added(settings) == {}
    with pytest.raises(CorpusError, match=f"There is no document '{name}'; nothing was removed"):
        remove_documents(settings, [name])


def test_a_shipped_document_is_only_hidden(settings: Settings, corpus_folder: Path) -> None:
    assert remove_documents(settings, ["treaty"]) == []
    assert (corpus_folder / "treaty.md").is_file()
    assert removed(settings) == {"treaty"}


def test_adding_a_removed_document_again_takes_the_tombstone_back(settings: Settings, here: Path) -> None:
    name = id_of(add_one(settings, write(here / "a.txt", FERRY)))
    remove_documents(settings, [name])
    outcome = add_one(settings, here / "a.txt")
    assert (outcome.status, id_of(outcome), outcome.detail) == ("added", name, "it had been removed")
    assert removed(settings) == frozenset()
    assert name in added(settings)


def test_other_content_does_not_bring_a_removed_document_back(settings: Settings, here: Path) -> None:
    name = id_of(add_one(settings, write(here / "a.txt", FERRY)))
    remove_documents(settings, [name])
    other = add_one(settings, write(here / "a.txt", "The ferry sank in 1999."))
    assert (other.status, id_of(other)) == ("added", f"{name}-2")
    assert removed(settings) == {name}


def test_one_unknown_document_keeps_all(settings: Settings, here: Path) -> None:
    name = id_of(add_one(settings, write(here / "a.txt", FERRY)))
    before = tree(settings)
    with pytest.raises(CorpusError, match="nothing was removed"):
        remove_documents(settings, [name, "nosuch"])
    assert tree(settings) == before


def test_a_file_that_a_person_put_there_is_never_deleted(settings: Settings) -> None:
    path = write(settings.home / "texts" / "own.md", "---\nid: own\n---\n\nWords here.\n")
    assert remove_documents(settings, ["own"]) == []
    assert path.is_file()


@pytest.mark.parametrize("second", ["The tram stopped.", "The tram stopped in 1999."])
def test_a_document_that_is_removed_while_others_are_added_stays_away(
    settings: Settings, here: Path, second: str
) -> None:
    write(here / "a.txt", FERRY)
    old = id_of(add_one(settings, write(here / "tram.txt", "The tram stopped.")))
    write(here / "tram.txt", second)
    run = add_documents(settings, find_sources([str(here)]), Given())
    assert next(run).status == "added"
    remove_documents(settings, [old])
    (last,) = run
    assert old in removed(settings)
    if second == "The tram stopped.":
        assert last.status == "failed"
        assert "it was removed meanwhile; add it again" in last.detail
        assert add_one(settings, here / "tram.txt").detail == "it had been removed"
    else:
        assert (last.status, id_of(last)) == ("added", "tram-2")
        assert set(added(settings)) == {"a", "tram-2"}


def test_what_cannot_be_removed_is_one_error(settings: Settings, here: Path) -> None:
    add_one(settings, write(here / "a.txt", FERRY))
    write(settings.home / "tombstones", b"")
    before = tree(settings)
    for name in ("a", "treaty"):
        with pytest.raises(CorpusError, match=r"Cannot change .*tombstones"):
            remove_documents(settings, [name])
    assert tree(settings) == before
