"""Files to documents: metadata, encodings, ids, and a revision that tells whether anything that is shown changed."""

import os
from pathlib import Path

import pytest

from corpus.documents import Document, load_corpus, read_document, read_folders, slug, text_files
from corpus.errors import CorpusError

FRONT = (
    "---\nid: treaty\ntitle: The treaty\ncreator: Amur editors\npublisher: Amur\nissued: 2024-06-01\nlanguage: en\nkind: brief\n"
    "topic: history\nas_of: 2024-05-01\nrights: CC BY 4.0\nurl: https://example.org/t\nperspective: other\n---\n"
)
BODY = (
    "\nChina and Russia signed the treaty [@pact]{date=2001-07-16}. It has 25 articles [@pact].\n\n## Disputes\n\n"
    "::: disputed\nThe accounts differ [@pact].\n\n- **One:** Yes [@pact].\n- **Two:** No [@pact].\n:::\n"
)


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def read(tmp_path: Path, content: str | bytes, name: str = "doc.md") -> Document:
    return read_document(write(tmp_path / "corpus" / name, content), root=tmp_path / "corpus")


def test_front_matter_becomes_metadata_and_none_of_it_text(tmp_path: Path) -> None:
    document = read(tmp_path, FRONT.replace("---\n", "---\nquestions:\n- When?\n- Where?\n", 1) + BODY)
    assert (document.id, document.title, document.creator, document.publisher) == (
        "treaty",
        "The treaty",
        "Amur editors",
        "Amur",
    )
    assert (document.issued, document.as_of, document.rights) == ("2024-06-01", "2024-05-01", "CC BY 4.0")
    assert (document.language, document.kind, document.topic) == ("en", "brief", "history")
    assert (document.url, document.perspective) == ("https://example.org/t", "other")
    assert document.questions == ("When?", "Where?")
    assert document.text.startswith(
        "China and Russia signed the treaty. It has 25 articles.\n\nDisputes\n\nThe accounts"
    )
    assert document.sentences[0].line == 19


def test_front_matter_is_optional(tmp_path: Path) -> None:
    document = read(tmp_path, "# A heading\n\nChina agreed.\n", "history/Some_File name.md")
    assert (document.id, document.title, document.topic) == ("some-file-name", "A heading", "history")
    assert (document.kind, document.language, document.perspective) == ("text", "en", "other")
    assert (document.issued, document.as_of, document.url) == (None, None, None)
    assert (document.creator, document.questions) == ("", ())
    assert document.sentences[0].line == 3


def test_a_document_without_title_or_heading_is_called_like_its_file(tmp_path: Path) -> None:
    assert read(tmp_path, "China agreed.", "the_border-treaty.txt").title == "the border treaty"


def test_metadata_is_text_whatever_yaml_thinks_of_it(tmp_path: Path) -> None:
    front = "---\nid: 2001\ntitle: 1e3\nissued: 2001-07-16\nas_of: 2024\npublisher: no\ncreator: ~\nrights: 0x10\n---\nChina agreed.\n"
    document = read(tmp_path, front)
    assert (document.id, document.title, document.issued, document.as_of) == ("2001", "1e3", "2001-07-16", "2024")
    assert (document.publisher, document.creator, document.rights) == ("no", "~", "0x10")


@pytest.mark.parametrize("front", ["---\n---\n", "---\n\n---\n", "--- \n# only a comment\n---   \n"])
def test_empty_front_matter_is_no_metadata(tmp_path: Path, front: str) -> None:
    document = read(tmp_path, front + "China agreed.\n")
    assert (document.id, document.text, document.fields) == ("doc", "China agreed.", ())


def test_invalid_yaml_names_the_file_and_the_line(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"doc\.md' is not valid YAML \(.*, line 3\); mend it") as caught:
        read(tmp_path, "---\nid: treaty\ntitle: The treaty: a text\n---\nChina agreed.\n")
    assert "\n" not in str(caught.value)


def test_front_matter_that_is_nested_without_end_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"doc\.md' is not valid YAML"):
        read(tmp_path, f"---\ntitle: {'[' * 20_000}\n---\nChina agreed.\n")


@pytest.mark.parametrize("front", ["- id\n- title", "just words", "[1, 2]"])
def test_front_matter_that_is_no_mapping_is_refused(tmp_path: Path, front: str) -> None:
    with pytest.raises(CorpusError, match=r"doc\.md' is not a list of `name: value` lines"):
        read(tmp_path, f"---\n{front}\n---\nChina agreed.\n")


def test_one_question_need_not_be_a_list(tmp_path: Path) -> None:
    document = read(tmp_path, "---\nid: treaty\nquestions: When was it signed?\n---\nChina agreed.\n")
    assert document.questions == ("When was it signed?",)


def test_a_byte_order_mark_and_windows_newlines_change_nothing(tmp_path: Path) -> None:
    plain = read(tmp_path, FRONT + BODY)
    windows = read(tmp_path, b"\xef\xbb\xbf" + (FRONT + BODY).replace("\n", "\r\n").encode("utf-8"))
    assert windows == plain
    assert windows.revision == plain.revision
    assert [s.line for s in windows.sentences] == [s.line for s in plain.sentences]


def test_invisible_characters_never_reach_the_text(tmp_path: Path) -> None:
    document = read(tmp_path, "---\ntitle: The \u202etreaty\n---\nChi\u200bna \x07agreed\u00ad.\n")
    assert (document.title, document.text) == ("The treaty", "China agreed.")


@pytest.mark.parametrize("content", ["Привет".encode("cp1251"), "Treaty".encode("utf-16"), b"\xff\xfe\x00"])
def test_what_is_not_utf_8_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(CorpusError, match=r"Cannot read '.*doc\.md' as UTF-8 text .*; convert it or remove it"):
        read(tmp_path, content)


@pytest.mark.parametrize("content", ["", "\n\n", "---\nid: doc\n---\n", "---\nid: doc\n---"])
def test_an_empty_file_is_a_document_without_sentences(tmp_path: Path, content: str) -> None:
    document = read(tmp_path, content)
    assert (document.id, document.text, document.sentences) == ("doc", "", ())
    assert [s.title for s in document.sections] == [""]


def test_two_documents_with_one_id_are_refused_and_both_named(tmp_path: Path) -> None:
    write(tmp_path / "corpus" / "history" / "one.md", "---\nid: treaty\n---\nChina agreed.\n")
    write(tmp_path / "corpus" / "military" / "treaty.txt", "Russia agreed.\n")
    with pytest.raises(CorpusError, match=r"Two documents have the id 'treaty': .*one\.md.*treaty\.txt.*; give one"):
        load_corpus([tmp_path / "corpus"])


def test_hidden_files_readmes_licences_and_other_files_are_no_documents(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    for name in (
        ".hidden.md",
        ".git/notes.md",
        "a/.obsidian/b.md",
        "README.md",
        "a/LICENSE.txt",
        "readme.txt",
        "x.json",
        "y.html",
    ):
        write(folder / name, "China agreed.\n")
    for name in ("b.MD", "a/c.txt", "a/b/d.md"):
        write(folder / name, "China agreed.\n")
    (folder / "folder.md").mkdir()
    assert [str(p.relative_to(folder)) for p in text_files(folder)] == ["a/b/d.md", "a/c.txt", "b.MD"]


def test_a_corpus_inside_a_hidden_folder_is_read(tmp_path: Path) -> None:
    write(tmp_path / ".amur" / "texts" / "a.md", "China agreed.\n")
    assert [p.name for p in text_files(tmp_path / ".amur" / "texts")] == ["a.md"]


def test_the_folder_gives_the_topic_unless_the_document_says_it(tmp_path: Path) -> None:
    write(tmp_path / "corpus" / "top.md", "China agreed.\n")
    write(tmp_path / "corpus" / "a" / "military" / "nested.md", "China agreed.\n")
    write(tmp_path / "corpus" / "military" / "named.md", "---\ntopic: trade\n---\nChina agreed.\n")
    topics = {d.id: d.topic for d in load_corpus([tmp_path / "corpus"]).documents}
    assert topics == {"top": "documents", "nested": "military", "named": "trade"}


CHANGES = {
    **{
        name: (f"{name}: {old}", f"{name}: {new}")
        for name, old, new in (
            ("id", "treaty", "pact"),
            ("title", "The treaty", "The pact"),
            ("creator", "Amur editors", "Others"),
            ("publisher", "Amur", "Others"),
            ("issued", "2024-06-01", "2024-06-02"),
            ("language", "en", "ru"),
            ("kind", "brief", "article"),
            ("topic", "history", "military"),
            ("as_of", "2024-05-01", "2024-05-02"),
            ("rights", "CC BY 4.0", "CC0"),
            ("url", "https://example.org/t", "https://example.org/u"),
            ("perspective", "other", "academic"),
        )
    },
    "a word": ("25 articles", "26 articles"),
    "a heading": ("## Disputes", "## Quarrels"),
    "a reference": ("articles [@pact]", "articles [@news]"),
    "a reference gone": ("articles [@pact]", "articles"),
    "a date": ("{date=2001-07-16}", "{date=2001}"),
    "who says it": ("**One:**", "**Three:**"),
    "what is disputed": ("::: disputed", "::: note"),
    "a paragraph": (". It has", ".\n\nIt has"),
}  # fmt: skip
SAME = {
    "comments": ("---\nid:", "---\n# a note\nid:"),
    "the order of fields": ("id: treaty\ntitle: The treaty\n", "title: The treaty\nid: treaty\n"),
    "quotes in YAML": ("title: The treaty", 'title: "The treaty"'),
    "a field nobody shows": ("rights:", "editor_note: look again\nrights:"),
    "hard wrapping": ("signed the treaty", "signed\nthe treaty"),
    "empty lines": ("\n\n## Disputes", "\n\n\n\n## Disputes"),
    "emphasis": ("signed the", "signed **the**"),
    "spaces in a citation": ("articles [@pact]", "articles  [@pact ]"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_revision_changes_with_what_an_answer_shows(tmp_path: Path, change: str) -> None:
    old, new = CHANGES[change]
    assert old in FRONT + BODY
    before = read(tmp_path, FRONT + BODY)
    after = read(tmp_path, (FRONT + BODY).replace(old, new, 1))
    assert after.revision != before.revision


@pytest.mark.parametrize("change", SAME)
def test_the_revision_stays_when_nothing_shown_changes(tmp_path: Path, change: str) -> None:
    old, new = SAME[change]
    assert old in FRONT + BODY
    before = read(tmp_path, FRONT + BODY)
    assert read(tmp_path, (FRONT + BODY).replace(old, new, 1), "elsewhere/other.md").revision == before.revision


def test_the_revision_changes_with_the_questions_an_answer_suggests(tmp_path: Path) -> None:
    before = read(tmp_path, FRONT.replace("---\n", "---\nquestions:\n- When?\n", 1) + BODY)
    after = read(tmp_path, FRONT.replace("---\n", "---\nquestions:\n- Where?\n", 1) + BODY)
    assert after.revision != before.revision


def references(*entries: str) -> str:
    return "[" + ", ".join(entries) + "]"


PACT = '{"id": "pact", "title": "Treaty text", "URL": "https://example.org/t"}'
PACT_RENAMED = '{"id": "pact", "title": "The text", "URL": "https://example.org/t"}'
NEWS = '{"id": "news", "title": "A report", "URL": "https://example.org/n"}'
NEWS_RENAMED = '{"id": "news", "title": "Another report", "URL": "https://example.org/n"}'


def test_the_corpus_revision_follows_its_documents_and_the_references_they_cite(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    write(folder / "a.md", FRONT + BODY)
    bibliography = folder / "references.json"

    def revision(*entries: str) -> str:
        write(bibliography, references(*entries))
        return load_corpus([folder]).revision

    first = revision(PACT, NEWS)
    assert revision(NEWS, PACT) == first
    assert revision(PACT, NEWS_RENAMED) == first
    assert revision(PACT_RENAMED, NEWS) != first
    assert revision(NEWS) != first
    write(folder / "b.md", "Russia agreed.\n")
    added = revision(PACT, NEWS)
    assert added != first
    (folder / "b.md").rename(folder / "moved.md")
    assert revision(PACT, NEWS) != added
    assert load_corpus([folder], removed=frozenset({"moved"})).revision == first


def test_removed_documents_are_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    for name in ("a", "b"):
        write(folder / f"{name}.md", "China agreed.\n")
    assert [d.id for d in load_corpus([folder], removed=frozenset({"a", "never-there"})).documents] == ["b"]
    with pytest.raises(CorpusError, match=r"No \.md or \.txt document .* was found in '.*corpus'"):
        load_corpus([folder], removed=frozenset({"a", "b"}))


def test_a_corpus_needs_a_folder_and_a_document(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"folder '.*nowhere' does not exist; create it or set AMUR_CORPUS"):
        load_corpus([tmp_path / "nowhere"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match=r"No \.md or \.txt document"):
        load_corpus([tmp_path / "empty"])


def test_the_corpus_is_as_new_as_its_newest_document(tmp_path: Path) -> None:
    for name, front in (("a", "as_of: 2023-01"), ("b", "as_of: 2024-05-01"), ("c", "issued: 2030")):
        write(tmp_path / "corpus" / f"{name}.md", f"---\n{front}\n---\nChina agreed.\n")
    assert load_corpus([tmp_path / "corpus"]).as_of == "2024-05-01"
    assert load_corpus([tmp_path / "corpus"], removed=frozenset("ab")).as_of is None


def test_several_folders_are_one_corpus_each_with_its_own_bibliography(tmp_path: Path) -> None:
    write(tmp_path / "one" / "b.md", "China agreed [@pact].\n")
    write(tmp_path / "one" / "references.json", references(PACT))
    write(tmp_path / "two" / "texts" / "a.md", "Russia agreed [@news].\n")
    write(tmp_path / "two" / "references.json", references(NEWS))
    write(tmp_path / "three" / "inner" / "c.md", "Nobody agreed [@other].\n")
    write(tmp_path / "three" / "references.json", references('{"id": "other", "title": "Other"}'))
    corpus = load_corpus([tmp_path / "one", tmp_path / "two" / "texts", tmp_path / "three" / "inner"])
    assert [d.id for d in corpus.documents] == ["b", "a", "c"]
    assert list(corpus.references) == ["pact", "news"]


def test_every_file_that_cannot_be_used_is_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    write(folder / "a.md", b"\xff")
    write(folder / "b.md", "China agreed.\n")
    write(folder / "c.md", "---\n: [\n---\n")
    write(folder / "d" / "b.md", "Russia agreed.\n")
    documents, _, errors = read_folders([folder])
    assert [d.id for d in documents] == ["b"]
    assert [(path.relative_to(folder), line) for path, line, _ in errors] == [
        (Path("a.md"), 1),
        (Path("c.md"), 1),
        (Path("d/b.md"), 1),
    ]
    with pytest.raises(CorpusError, match=r"a\.md"):
        load_corpus([folder])


def test_a_link_that_leads_nowhere_is_no_document(tmp_path: Path) -> None:
    write(tmp_path / "corpus" / "a.md", "China agreed.\n")
    os.symlink(tmp_path / "gone.md", tmp_path / "corpus" / "link.md")
    assert [d.id for d in load_corpus([tmp_path / "corpus"]).documents] == ["a"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Treaty 2001", "treaty-2001"),
        ("Some_File.name", "some-file-name"),
        ("Договор о дружбе", "договор-о-дружбе"),
        ("../../etc/passwd", "etc-passwd"),
        ("???", "document"),
        ("x" * 200, "x" * 80),
    ],
)
def test_ids_are_plain_words_and_never_a_path(text: str, expected: str) -> None:
    assert slug(text) == expected
