"""The glossary: read beside the texts, searched in any script, and the page made from it."""

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.documents import load_corpus
from corpus.errors import CorpusError
from corpus.glossary import Entry, as_markdown, find_entries, load_glossary
from corpus.settings import SHIPPED_TEXTS

ROOT = Path(__file__).resolve().parent.parent.parent
ISLAND: dict[str, Any] = {
    "term": "Zhenbao (Damansky) Island",
    "aliases": ["Damansky"],
    "zh": ["珍宝岛"],
    "ru": ["остров Даманский"],
    "kind": "place",
    "note": "In the Ussuri",
}
FIGHTER: dict[str, Any] = {
    "term": "Su-35",
    "aliases": [],
    "zh": ["苏-35"],
    "ru": ["Су-35"],
    "kind": "weapon",
    "note": "a|b",
}


def write(folder: Path, rows: Any) -> Path:
    (folder / "glossary.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return folder


def test_it_is_read_beside_the_texts_or_beside_a_folder_called_texts(tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    write(tmp_path, [ISLAND])
    assert [e.term for e in load_glossary([texts])] == ["Zhenbao (Damansky) Island"]
    other = tmp_path / "other"
    other.mkdir()
    assert load_glossary([other]) == []
    write(texts, [FIGHTER])
    assert [e.term for e in load_glossary([texts])] == ["Su-35"]


@pytest.mark.parametrize(
    "rows", [{}, [1], [{"aliases": []}], [{**ISLAND, "kind": "planet"}], [{**ISLAND, "zh": [5]}]], ids=str
)
def test_a_broken_one_is_named(tmp_path: Path, rows: Any) -> None:
    if rows == {}:
        (tmp_path / "glossary.json").write_text("{", encoding="utf-8")
    else:
        write(tmp_path, rows)
    with pytest.raises(CorpusError, match=r"glossary\.json"):
        load_glossary([tmp_path])


@pytest.mark.parametrize(
    ("words", "terms"),
    [
        ("damansky", ["Zhenbao (Damansky) Island"]),
        ("珍宝岛", ["Zhenbao (Damansky) Island"]),
        ("остров ДАМАНСКИЙ", ["Zhenbao (Damansky) Island"]),
        ("su-35", ["Su-35"]),
        ("Power of Siberia", ["Power of Siberia", "Power of Siberia 2"]),
        ("siberia", ["Power of Siberia 2", "Power of Siberia"]),
        ("none such", []),
        ("", []),
    ],
)
def test_entries_are_found_in_any_script_the_very_words_first(words: str, terms: list[str]) -> None:
    second = Entry(term="Power of Siberia 2", kind="project")
    entries = [Entry(**{k: tuple(v) if isinstance(v, list) else v for k, v in r.items()}) for r in (ISLAND, FIGHTER)]
    entries += [second, Entry(term="Power of Siberia", kind="project")]
    assert [e.term for e in find_entries(entries, words)] == terms


def test_the_page_has_a_table_for_each_kind_and_escapes_what_would_break_it(tmp_path: Path) -> None:
    page = as_markdown(load_glossary([write(tmp_path, [ISLAND, FIGHTER])]))
    assert "## Places\n\n| name | also | Chinese | Russian | |\n|---|---|---|---|---|\n" in page
    assert "| Zhenbao (Damansky) Island | Damansky | 珍宝岛 | остров Даманский | In the Ussuri |" in page
    assert "| Su-35 |  | 苏-35 | Су-35 | a\\|b |" in page
    assert "## People" not in page


def test_docs_hold_the_shipped_glossary_as_it_is() -> None:
    page = (ROOT / "docs" / "names.md").read_text(encoding="utf-8")
    assert page == as_markdown(load_glossary([SHIPPED_TEXTS])), "run: amur corpus glossary --markdown > docs/names.md"


def test_the_shipped_terms_are_those_of_the_texts() -> None:
    entries = load_glossary([SHIPPED_TEXTS])
    assert len(entries) == len({e.term for e in entries})
    texts = "\n".join(d.text for d in load_corpus([SHIPPED_TEXTS]).documents).casefold()
    spellings = [[s.casefold() for s in (e.term, *e.aliases)] for e in entries]
    absent = [names[0] for names in spellings if not any(name in texts for name in names)]
    assert len(absent) <= 0.05 * len(entries), absent
    assert sum(bool(e.zh) and bool(e.ru) for e in entries) >= 0.8 * len(entries)
