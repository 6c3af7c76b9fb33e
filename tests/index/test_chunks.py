"""Chunks: whole sentences of one section, in order, within the token limit, with ids that survive edits elsewhere."""

import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.documents import Document, read_document
from index.chunks import MIN_BODY_TOKENS, SPECIAL_TOKENS, Chunk, header, split

LIMIT = 44
WORDS = "china Russia gas 2001 8,500 S-400 договор Владивосток 条约 關係 café e\u0301té 🙂 «ура» naïve".split()


def count_words(texts: Sequence[str]) -> list[int]:
    """A tokeniser: one token a word."""
    return [len(text.split()) for text in texts]


def read(markdown: str, name: str = "paper.md") -> Document:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(markdown, encoding="utf-8")
        return read_document(path)


def sentence_texts(document: Document) -> list[str]:
    return [document.quote(s.start, s.end) for s in document.sentences]


def tokens(document: Document, first: int, last: int) -> int:
    return sum(count_words(sentence_texts(document)[first:last]))


def room(chunk: Chunk, limit: int) -> int:
    """Tokens of text that a chunk has room for beside its header."""
    return max(limit - SPECIAL_TOKENS - count_words([chunk.header])[0], MIN_BODY_TOKENS)


@st.composite
def sentences(draw: st.DrawFn) -> str:
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=draw(st.sampled_from([3, 12, 70]))))
    return f"The {' '.join(words)} {draw(st.integers(0, 3))}{draw(st.sampled_from('.?!。'))}"


paragraphs = st.lists(sentences(), min_size=1, max_size=6).map(" ".join)


@st.composite
def disputes(draw: st.DrawFn) -> str:
    versions = draw(st.lists(sentences(), min_size=1, max_size=3))
    told = "\n".join(f"- **Account {n}:** {version}" for n, version in enumerate(versions))
    return f"::: disputed\n{draw(sentences())}\n\n{told}\n:::"


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document of a few sections; texts repeat often, so that equal chunks occur."""
    parts = ["---\nid: paper\ntitle: A Paper\n---"]
    for number in range(draw(st.integers(0, 4))):
        if number or draw(st.booleans()):
            parts.append(f"## {draw(st.sampled_from(['Trade', 'Arms sales', 'Trade', 'Договор', 'A Paper']))}")
        parts += draw(st.lists(st.one_of(paragraphs, disputes()), max_size=4))
    return read("\n\n".join(parts) + "\n")


@given(documents(), st.integers(40, 90))
@settings(max_examples=80, deadline=None)
def test_chunks_hold_every_sentence_once_in_order_and_within_a_section(document: Document, limit: int) -> None:
    chunks = split(document, count_words, limit)
    covered = [n for c in chunks for n in range(*c.sentences)]
    assert covered == list(range(len(document.sentences)))
    assert len({c.id for c in chunks}) == len(chunks)
    for chunk in chunks:
        inside = document.sentences[slice(*chunk.sentences)]
        assert chunk.text == document.text[chunk.source_start : chunk.source_end]
        assert (chunk.source_start, chunk.source_end) == (inside[0].start, inside[-1].end)
        assert len({s.section for s in inside}) == 1
        assert chunk.document_id == "paper"
        whole = header(document, inside[0].section)
        assert whole.startswith(chunk.header)  # it is cut only where it would leave the text no room
        assert chunk.header == whole or count_words([whole])[0] > limit - SPECIAL_TOKENS - MIN_BODY_TOKENS
        assert chunk.embedded == f"{chunk.header}\n{chunk.text}"


@given(documents(), st.integers(40, 90))
@settings(max_examples=80, deadline=None)
def test_a_chunk_is_as_full_as_the_limit_lets_it_be(document: Document, limit: int) -> None:
    chunks = split(document, count_words, limit)
    for chunk in chunks:
        first, last = chunk.sentences
        assert last - first == 1 or tokens(document, first, last) <= room(chunk, limit)
    for chunk, after in pairwise(chunks):
        following = document.sentences[after.sentences[0]]
        same_section = following.section == document.sentences[chunk.sentences[0]].section
        if same_section and following.dispute is None:
            assert tokens(document, chunk.sentences[0], after.sentences[0] + 1) > room(chunk, limit)


@given(documents(), st.integers(40, 90))
@settings(max_examples=80, deadline=None)
def test_a_disputed_block_that_fits_into_a_chunk_is_in_one(document: Document, limit: int) -> None:
    chunks = split(document, count_words, limit)
    for dispute in {s.dispute for s in document.sentences} - {None}:
        rows = [n for n, s in enumerate(document.sentences) if s.dispute == dispute]
        holders = [c for c in chunks if set(rows) & set(range(*c.sentences))]
        if tokens(document, rows[0], rows[-1] + 1) <= room(holders[0], limit):
            assert len(holders) == 1


@given(st.text(max_size=400), st.sampled_from(["paper.md", "paper.txt"]))
@settings(max_examples=80, deadline=None)
def test_any_text_at_all_is_cut_without_loss(text: str, name: str) -> None:
    document = read("".join(c for c in text if not "\ud800" <= c <= "\udfff"), name)
    chunks = split(document, count_words, 40)
    assert [n for c in chunks for n in range(*c.sentences)] == list(range(len(document.sentences)))
    assert all(c.text == document.text[c.source_start : c.source_end] and c.text.strip() for c in chunks)
    assert len({c.id for c in chunks}) == len(chunks)


def numbered(prefix: str, count: int) -> str:
    return " ".join(f"The {prefix} sentence number {n} stays the same." for n in range(count))


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_editing_an_early_sentence_leaves_later_sections_alone(early: int, later: int, longer: int) -> None:
    def cut(first: str) -> list[Chunk]:
        return split(
            read(
                f"---\ntitle: Trade\n---\n\n{first} {numbered('early', early)}\n\n## Later\n\n{numbered('later', later)}\n"
            ),
            count_words,
            LIMIT,
        )

    def below(chunks: list[Chunk]) -> list[str]:
        return [c.id for c in chunks if c.header.endswith("› Later")]

    before, after = cut("China sells tea."), cut(f"China {'never ' * longer}sold coal.")
    assert below(before) == below(after) != []
    assert before[0].id != after[0].id


def test_an_edit_of_equal_length_changes_one_id_only() -> None:
    before = split(read(f"China sells tea. {numbered('other', 40)}"), count_words, LIMIT)
    after = split(read(f"China sold coal. {numbered('other', 40)}"), count_words, LIMIT)
    assert len(before) > 5
    assert [c.id for c in before][1:] == [c.id for c in after][1:]
    assert before[0].id != after[0].id


def test_equal_chunks_of_a_document_have_ids_of_their_own() -> None:
    document = read("\n\n".join(f"## Part {n}\n\nChina and Russia trade." for n in range(3)))
    chunks = split(document, count_words, LIMIT)
    assert [c.text for c in chunks] == ["China and Russia trade."] * 3
    assert len({c.id for c in chunks}) == 3
    assert chunks[1].id.startswith(chunks[0].id)


def test_equal_chunks_of_two_documents_have_ids_of_their_own() -> None:
    one, two = (split(read("China and Russia trade.", f"{name}.txt"), count_words, LIMIT) for name in ("one", "two"))
    assert one[0].text == two[0].text
    assert one[0].id != two[0].id


def test_a_sentence_longer_than_the_limit_is_a_chunk_of_its_own() -> None:
    long = "Then " + "gas " * 60 + "flowed."
    chunks = split(read(f"China buys gas. {long} Russia sells gas."), count_words, LIMIT)
    assert [c.text for c in chunks] == ["China buys gas.", long, "Russia sells gas."]


def test_a_limit_that_fits_exactly_is_used_up() -> None:
    document = read("---\ntitle: Gas\n---\n\n" + "One two three four five six. " * 8)
    whole = SPECIAL_TOKENS + 1 + 48
    assert len(split(document, count_words, whole)) == 1
    assert len(split(document, count_words, whole - 1)) == 2


def test_a_long_header_leaves_room_for_some_text() -> None:
    document = read(f"---\ntitle: {'title ' * 30}\n---\n\n" + "One two three four five six. " * 8)
    assert [count_words([c.text])[0] for c in split(document, count_words, 32)] == [MIN_BODY_TOKENS] * 2


def test_the_header_names_document_and_section() -> None:
    document = read("---\ntitle: The treaty\n---\n\nIt was signed.\n\n## Extension\n\nIt was extended.\n")
    chunks = split(document, count_words, LIMIT)
    assert [c.header for c in chunks] == ["The treaty", "The treaty › Extension"]
    assert chunks[1].embedded == "The treaty › Extension\nIt was extended."


@pytest.mark.parametrize("text", ["", "\n\n \t\n", "# Only A Heading\n", "::: disputed\n:::\n", "---\ntitle: X\n---\n"])
def test_a_document_without_sentences_has_no_chunks(text: str) -> None:
    assert split(read(text), count_words, LIMIT) == []


def test_a_document_without_a_title_embeds_its_text_alone() -> None:
    chunk = Chunk(
        id="a:1", document_id="a", header="", text="It rained.", source_start=0, source_end=10, sentences=(0, 1)
    )
    assert chunk.embedded == "It rained."
