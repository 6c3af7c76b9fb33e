"""The body of added documents: what is written reads back as it was, and nothing in a foreign text is mark-up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.parse import Parser
from corpus.plain import Block, block, feed_plain, write_plain
from corpus.text import normalise

MARKUP = [
    *"ab# \\<!->[]@{}*_`:|\n12",
    "<!-- page 3 -->",
    "<!--\\ page 3 -->",
    "## ",
    "::: disputed",
    "[@key]{date=1999}",
    "---\n",
]
texts = st.lists(st.sampled_from(MARKUP), max_size=12).map("".join)
pieces = st.lists(st.tuples(st.none() | st.integers(1, 3), texts), min_size=1, max_size=3).map(tuple)
blocks = st.lists(st.builds(Block, pieces=pieces, heading=st.booleans()), max_size=4)


def read(body: str) -> Parser:
    parser = Parser(language="en")
    feed_plain(parser, normalise(body), 1)
    return parser


@given(blocks)
def test_every_text_reads_back_as_it_was_written(written: list[Block]) -> None:
    parser = read(write_plain(written))
    kept = [(" ".join(normalise(b.text).split()), b.heading) for b in written if b.text]
    assert "".join(parser.text) == "\n\n".join(text for text, _ in kept)
    assert [title for title, _ in parser.headings] == [text for text, heading in kept if heading]
    assert not any(s.references or s.date or s.who or s.dispute is not None for s in parser.sentences)


@pytest.mark.parametrize(
    "text",
    [
        "# A heading", "## ", "\\# A heading", "<!-- page 9 --> and more", "- **Who:** says so", "::: disputed", "--- title: x ---",
        "It grew [@pact]{date=2001-07-16}.", "See [here](https://example.org) and **this**.", "Title Case Words Only", "1. First",
    ],
)  # fmt: skip
def test_what_looks_like_mark_up_is_text(text: str) -> None:
    parser = read(write_plain([block(text), block("The end.")]))
    assert "".join(parser.text) == f"{text.strip()}\n\nThe end."
    assert (parser.headings, parser.disputes, parser.page) == ([], 0, None)


def test_a_sentence_stands_on_the_page_it_begins_on() -> None:
    body = write_plain(
        [
            block("One", heading=True, page=1),
            block("First of all.", page=1),
            Block(
                pieces=((1, "It begins here "), (2, "and ends there. Another is all on two.")),
            ),
            block("Note on one.", page=1),
            block("Three", heading=True, page=3),
            block("Last.", page=3),
        ]
    )
    assert body.count("<!-- page 1 -->") == 2
    parser = read(body)
    assert [(s.page, "".join(parser.text)[s.start : s.end]) for s in parser.sentences] == [
        (1, "First of all."),
        (1, "It begins here and ends there."),
        (2, "Another is all on two."),
        (1, "Note on one."),
        (3, "Last."),
    ]


def test_a_file_that_a_person_edited_still_reads() -> None:
    parser = read("<!-- page 4 -->\n## A title\nWords of\na line. <!-- page 5 -->  \n More\nwords.\n\n\n")
    assert "".join(parser.text) == "A title\n\nWords of a line. More words."
    assert [s.page for s in parser.sentences] == [4, 5]
    assert [s.line for s in parser.sentences] == [3, 3]


def test_nothing_makes_an_empty_body() -> None:
    assert read(write_plain([])).text == []
    assert read(write_plain([block(" \n "), block("", page=3)])).text == []
