"""The log of corrections: read as people write it, refused with its name where it is none."""

from pathlib import Path

import pytest

from corpus.corrections import Correction, load_corrections
from corpus.errors import CorpusError
from corpus.settings import SHIPPED_TEXTS

ENTRY = "- date: {date}\n  document: treaty\n  said: It has 24\n    articles.\n  says: It has 25 articles.\n  why: Miscounted.\n"


def test_corrections_are_read_the_newest_first(tmp_path: Path) -> None:
    (tmp_path / "corrections.yaml").write_text(
        ENTRY.format(date="2026-01-02") + ENTRY.format(date="2026-03-04"), encoding="utf-8"
    )
    found = load_corrections([tmp_path])
    assert [c.date for c in found] == ["2026-03-04", "2026-01-02"]
    assert found[0] == Correction(
        date="2026-03-04", document="treaty", said="It has 24 articles.", says="It has 25 articles.", why="Miscounted."
    )


def test_the_shipped_log_can_be_read_and_a_missing_one_is_empty(tmp_path: Path) -> None:
    assert (SHIPPED_TEXTS.parent / "corrections.yaml").is_file()
    documents = {path.stem for path in SHIPPED_TEXTS.rglob("*.md")}
    assert {c.document for c in load_corrections([SHIPPED_TEXTS])} <= documents
    assert load_corrections([tmp_path]) == ()


@pytest.mark.parametrize(
    "text",
    [
        "a: b\n",
        "- just words\n",
        "- date: 2026-01-02\n",
        "[",
        ENTRY.format(date="soon"),
        ENTRY.format(date="2026-01-02") + "  who: x\n",
        "- [1]\n",
        ENTRY.format(date="[1]"),
    ],
)
def test_a_log_that_is_none_is_named_in_a_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "corrections.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"The corrections '.*corrections\.yaml' are not a list") as refused:
        load_corrections([tmp_path])
    assert "\n" not in str(refused.value)
