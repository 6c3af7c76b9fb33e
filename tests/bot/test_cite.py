"""Citations are checked, whatever they are said to be."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.cite import verify_span
from bot.records import Span
from corpus.documents import read_document
from corpus.text import normalise_quote
from index.texts import StoredDocument

SHIPPED = Path(__file__).resolve().parent.parent.parent / "corpus" / "texts"


def stored(text: str) -> StoredDocument:
    return StoredDocument(
        id="d", title="D", creator="", publisher="", issued=None, language="en", kind="text", topic="t", as_of=None, rights="", url=None,
        perspective="other", revision="r", sections=(("", 0, len(text)),), text=text,
    )  # fmt: skip


def span(start: int, end: int) -> Span:
    return Span(document_id="d", source_start=start, source_end=end, references=(), section=0)


ARTICLE = read_document(SHIPPED / "article" / "article-military-alliance.md", root=SHIPPED)


@given(st.data())
def test_every_sentence_is_verbatim_at_its_offsets_and_nowhere_else(data: st.DataObject) -> None:
    document = stored(ARTICLE.text)
    sentence = data.draw(st.sampled_from(ARTICLE.sentences))
    text = ARTICLE.text[sentence.start : sentence.end]
    assert verify_span(document, span(sentence.start, sentence.end), text) is None
    shift = data.draw(st.integers(min_value=-40, max_value=40).filter(bool))
    start, end = sentence.start + shift, sentence.end + shift
    if start >= 0 and end <= len(ARTICLE.text) and normalise_quote(ARTICLE.text[start:end]) != normalise_quote(text):
        assert verify_span(document, span(start, end), text) is not None


@given(st.data())
def test_one_changed_word_is_never_verbatim(data: st.DataObject) -> None:
    sentence = data.draw(st.sampled_from(ARTICLE.sentences))
    words = ARTICLE.text[sentence.start : sentence.end].split()
    place = data.draw(st.integers(min_value=0, max_value=len(words) - 1))
    other = data.draw(st.sampled_from(["not", "500", "Iran", "never", "1950"]).filter(lambda w: w != words[place]))
    changed = " ".join([*words[:place], other, *words[place + 1 :]])
    assert (
        verify_span(stored(ARTICLE.text), span(sentence.start, sentence.end), changed)
        == "the document has other words at these offsets"
    )


def test_dashes_quotes_and_spaces_are_folded_and_nothing_else() -> None:
    document = stored("The “no limits” statement – 240.1 billion")
    whole = span(0, len(document.text))
    assert verify_span(document, whole, 'The "no limits"  statement - 240.1 billion') is None
    assert verify_span(document, whole, 'The "no limits" statement - 500 billion') is not None
    assert verify_span(document, whole, 'the "no limits" statement - 240.1 billion') is not None


def test_offsets_outside_the_document_and_missing_documents_fail() -> None:
    assert verify_span(stored("abc"), span(0, 9), "abc") == "the offsets lie outside the document"
    assert verify_span(stored("abc"), span(2, 2), "") == "the offsets lie outside the document"
    assert verify_span(None, span(0, 3), "abc") == "the document is not in the index"
