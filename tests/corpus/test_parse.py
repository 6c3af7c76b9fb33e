"""From mark-up to clean text: nothing of the mark-up stays, and every citation is on the sentence it was written in."""

import re
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.parse import Parser, looks_like_heading

MARK_UP = re.compile(r"\[|\]|\{|\}|@|\*|`|#|\(http|:::")


def parsed(body: str, *, markdown: bool = True, first_line: int = 1) -> Parser:
    parser = Parser(language="en", markdown=markdown)
    parser.feed(body, first_line)
    return parser


def rows(parser: Parser) -> list[tuple[str, tuple[str, ...], str | None]]:
    text = "".join(parser.text)
    return [(text[s.start : s.end], s.references, s.date) for s in parser.sentences]


@dataclass(frozen=True)
class Written:
    """A sentence as an author writes it, and what must become of it."""

    source: str
    clean: str
    references: tuple[str, ...]
    date: str | None


KEYS = ("pact", "news-2001", "tass_nd", "xinhua.2022", "rt:1")
WORDS = "china russia signed trade oil in 2001 the 3.5 договор 条约 🙂 S-400 treaty’s 2".split()
WRAPPERS = ("{}", "{}", "{}", "**{}**", "*{}*", "`{}`", "[{}](https://example.org/a)", '![{}](u.png "title")')


@st.composite
def written_sentences(draw: st.DrawFn) -> Written:
    words = ["China", *draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6)), "agreed"]
    shown = [draw(st.sampled_from(WRAPPERS)).format(word) for word in words]
    source = " ".join(shown)
    references: list[str] = []
    dates: list[str] = []
    for _ in range(draw(st.integers(0, 2))):
        keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=3))
        date = draw(st.sampled_from(["", "1969", "1969-03", "1969-03-02"]))
        source += f" [{'; '.join('@' + key for key in keys)}]" + (f"{{date={date}}}" if date else "")
        references += keys
        dates += [date] if date else []
    clean = " ".join(words) + "."
    return Written(source + ".", clean, tuple(dict.fromkeys(references)), dates[0] if dates else None)


@st.composite
def written_documents(draw: st.DrawFn) -> tuple[str, list[tuple[int, int, list[Written]]]]:
    """Draw a Markdown body and, for each paragraph, its line, the number of headings before it and its sentences."""
    lines: list[str] = []
    expected: list[tuple[int, int, list[Written]]] = []
    headings = 0
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            lines += [f"## Part {headings}", ""]
            headings += 1
        found = draw(st.lists(written_sentences(), min_size=1, max_size=4))
        expected.append((len(lines) + 1, headings, found))
        wrapped = draw(st.sampled_from([" ", "\n", "\n  "])).join(s.source for s in found)
        lines += [*wrapped.split("\n"), *[""] * draw(st.integers(1, 3))]
    return "\n".join(lines), expected


@settings(deadline=None, max_examples=200)
@given(written_documents())
def test_every_citation_is_taken_out_and_stays_with_its_sentence(
    drawn: tuple[str, list[tuple[int, int, list[Written]]]],
) -> None:
    body, expected = drawn
    parser = parsed(body)
    text = "".join(parser.text)
    assert not MARK_UP.search(text)
    assert rows(parser) == [(w.clean, w.references, w.date) for _, _, found in expected for w in found]
    places = [(s.line, s.section, s.paragraph) for s in parser.sentences]
    assert places == [
        (line, section, ordinal) for ordinal, (line, section, found) in enumerate(expected) for _ in found
    ]


TOKENS = (
    "[@pact]", "[@a; @b]{date=2001}", "[@", "]", "{date=", "}", "[", "](", "(u)", "[x](u)", "**", "*", "`", "__", "#", "## Trade",
    ":::", "::: disputed", "- **Who:** said", "- item", "9. item", "China agreed.", "Then", "\n", "\n\n", " ", "🙂", "条约。", "![",
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(TOKENS), max_size=40).map("".join), st.booleans())
def test_whatever_is_written_the_offsets_hold(body: str, markdown: bool) -> None:
    parser = parsed(body, markdown=markdown)
    text = "".join(parser.text)
    sections = parser.close_sections("Title")
    assert len(text) == parser.length
    reached = 0
    for s in parser.sentences:
        assert reached <= s.start < s.end <= len(text)
        assert text[s.start : s.end] == text[s.start : s.end].strip()
        assert sections[s.section].start <= s.start < s.end <= sections[s.section].end
        reached = s.end
    ordinals = [(s.section, s.paragraph) for s in parser.sentences]
    assert ordinals == sorted(ordinals)


def test_several_citations_in_a_paragraph_go_to_their_own_sentences() -> None:
    body = (
        "China signed [@pact]{date=2001-07-16}. Nobody says more. Russia signed [@news; @pact] and left [@tass]{date=2001}. "
        "Is that so? [@rt] It is! [@last]{date=2021}"
    )
    assert rows(parsed(body)) == [
        ("China signed.", ("pact",), "2001-07-16"),
        ("Nobody says more.", (), None),
        ("Russia signed and left.", ("news", "pact", "tass"), "2001"),
        ("Is that so?", ("rt",), None),
        ("It is!", ("last",), "2021"),
    ]


def test_a_key_named_twice_is_kept_once_and_the_first_date_wins() -> None:
    assert rows(parsed("It [@a]{date=2001} was [@b; @a]{date=2002} so.")) == [("It was so.", ("a", "b"), "2001")]


@pytest.mark.parametrize("space", ["", " ", "  ", "\n"])
def test_a_citation_after_the_full_stop_belongs_to_the_sentence_before(space: str) -> None:
    assert rows(parsed(f"One ends.{space}[@a] Two ends.")) == [("One ends.", ("a",), None), ("Two ends.", (), None)]


def test_a_quotation_mark_after_the_citation_stays() -> None:
    assert rows(parsed("Xi said “no limits [@a].” Putin agreed [@b].")) == [
        ("Xi said “no limits.”", ("a",), None),
        ("Putin agreed.", ("b",), None),
    ]


def test_brackets_that_are_no_citation_are_text() -> None:
    text = "The treaty [sic] of 2001 {draft} names a@b.org and article [9]."
    assert rows(parsed(text)) == [(text, (), None)]


def test_only_a_citation_is_no_sentence() -> None:
    parser = parsed("[@pact]{date=2001}\n\nChina agreed.")
    assert rows(parser) == [("China agreed.", (), None)]
    assert "".join(parser.text) == "China agreed."


DISPUTED = """Before the block [@a].

::: disputed
The accounts differ on who fired first [@a; @b]{date=1969-03-02}.

- **Soviet account:** Chinese soldiers fired first [@a].
  A second Soviet sentence follows [@a].
- **Chinese account**: Soviet soldiers fired first [@b].
:::

Between the blocks [@a].

::: disputed
A second claim [@a].
- **One:** Yes [@a].
- **Two:** No [@b].
:::
After the block [@b].
"""


def test_a_disputed_block_holds_its_claim_and_who_says_what() -> None:
    parser = parsed(DISPUTED)
    text = "".join(parser.text)
    assert [(text[s.start : s.end], s.dispute, s.who, s.line) for s in parser.sentences] == [
        ("Before the block.", None, None, 1),
        ("The accounts differ on who fired first.", 0, None, 4),
        ("Chinese soldiers fired first.", 0, "Soviet account", 6),
        ("A second Soviet sentence follows.", 0, "Soviet account", 6),
        ("Soviet soldiers fired first.", 0, "Chinese account", 8),
        ("Between the blocks.", None, None, 11),
        ("A second claim.", 1, None, 14),
        ("Yes.", 1, "One", 15),
        ("No.", 1, "Two", 16),
        ("After the block.", None, None, 18),
    ]
    assert not MARK_UP.search(text)


def test_a_bold_list_item_outside_a_disputed_block_is_plain_text() -> None:
    parser = parsed("- **Trade:** it grew [@a].")
    assert rows(parser) == [("Trade: it grew.", ("a",), None)]
    assert parser.sentences[0].who is None


def test_headings_make_sections_with_offsets() -> None:
    parser = parsed("Opening words.\n\n# The Title\n\nFirst part.\n## *Trade* in [oil](u) ##\nSecond part.\n")
    text = "".join(parser.text)
    assert text == "Opening words.\n\nThe Title\n\nFirst part.\n\nTrade in oil\n\nSecond part."
    assert parser.first_heading == "The Title"
    sections = parser.close_sections("The Title")
    assert [(s.title, text[s.start : s.end].strip()) for s in sections] == [
        ("", "Opening words."),
        ("", "The Title\n\nFirst part."),
        ("Trade in oil", "Trade in oil\n\nSecond part."),
    ]
    assert [s.section for s in parser.sentences] == [0, 1, 2]


@pytest.mark.parametrize(
    ("source", "clean"),
    [
        ("See [the text](https://example.org/a) now.", "See the text now."),
        ('See [the text](https://example.org/a "a title") now.', "See the text now."),
        ("See ![a map](map.png) now.", "See a map now."),
        ("See [![a map](map.png)](https://example.org) now.", "See a map now."),
        ("A **bold** and *slanted* and __strong__ and `code` word.", "A bold and slanted and strong and code word."),
        ("A ***very bold*** word.", "A very bold word."),
        ("A **bold [link](u)** word.", "A bold link word."),
        ("There are 3 * 4 ships and a snake_case_name.", "There are 3 * 4 ships and a snake_case_name."),
        ("An open ** stays and so does `.", "An open ** stays and so does `."),
        ("- A list item.", "A list item."),
        ("12) A list item.", "A list item."),
    ],
)
def test_links_images_and_emphasis_leave_their_words(source: str, clean: str) -> None:
    assert "".join(parsed(source).text) == clean


def test_a_link_with_brackets_in_its_address_leaves_its_words() -> None:
    source = "See [Zhenbao](https://en.wikipedia.org/wiki/Zhenbao_(island)) now."
    assert "".join(parsed(source).text) == "See Zhenbao now."


def test_a_citation_in_a_heading_is_taken_out() -> None:
    assert "".join(parsed("## Trade in oil [@pact]\n\nIt grew [@pact].").text) == "Trade in oil\n\nIt grew."


def test_a_mark_stays_with_its_sentence_when_mark_up_before_it_goes() -> None:
    body = "A [long link text](https://example.org/very/long) ended [@a]. **B** ended [@b]. *C* [d](u) [@c]."
    assert rows(parsed(body)) == [
        ("A long link text ended.", ("a",), None),
        ("B ended.", ("b",), None),
        ("C d.", ("c",), None),
    ]


def test_list_items_are_paragraphs_of_their_own() -> None:
    parser = parsed("Parties:\n- China [@a].\n- Russia,\n  by treaty [@b].\n1. Third [@c].")
    assert rows(parser) == [
        ("Parties:", (), None),
        ("China.", ("a",), None),
        ("Russia, by treaty.", ("b",), None),
        ("Third.", ("c",), None),
    ]
    assert [s.paragraph for s in parser.sentences] == [0, 1, 2, 3]
    assert [s.line for s in parser.sentences] == [1, 2, 3, 5]


def test_a_number_at_the_start_of_a_wrapped_line_is_not_lost() -> None:
    assert "".join(parsed("The consultation duty stands in article\n9. It names no army.").text) == (
        "The consultation duty stands in article 9. It names no army."
    )


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    body = "China and Russia\nsigned a treaty [@a].\n   It holds\n[@b].\n\n\nNext."
    assert rows(parsed(body)) == [
        ("China and Russia signed a treaty.", ("a",), None),
        ("It holds.", ("b",), None),
        ("Next.", (), None),
    ]
    assert [s.paragraph for s in parsed(body).sentences] == [0, 0, 1]


def test_plain_text_has_headings_in_title_case_and_no_mark_up() -> None:
    parser = parsed(
        "Friends Or Rivals\n\nTrade *grows* here.\n- It\nbinds both.\n\nWhere Interests Differ\n\nMistrust.",
        markdown=False,
    )
    assert "".join(parser.text) == (
        "Friends Or Rivals\n\nTrade *grows* here. - It binds both.\n\nWhere Interests Differ\n\nMistrust."
    )
    assert [s.title for s in parser.close_sections("Friends Or Rivals")] == ["", "", "Where Interests Differ"]
    assert [s.section for s in parser.sentences] == [1, 1, 2]


@pytest.mark.parametrize(
    ("block", "heading"),
    [
        ("Where Interests Differ", True),
        ("Obstacles to a Full-Fledged Military Alliance", True),
        ("Conclusion: Alliance or Strategic Partnership?", True),
        ("China & Russia: Is A Military Alliance Forming?", True),
        ("Hey guys!", False),
        ("by Jhon Lennon 48 views", False),
        ("Trade grows.", False),
        ("Trade Grows.", False),
        ("The Parties Are:", False),
        ("Where interests differ", False),
        ("Where Interests\nDiffer", False),
        ("One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen", False),
        ("2001", False),
        ("条约", False),
    ],
)
def test_what_reads_as_a_heading(block: str, heading: bool) -> None:
    assert looks_like_heading(block) is heading


def test_lines_are_counted_from_where_the_body_begins() -> None:
    assert [s.line for s in parsed("\nOne.\n\nTwo.", first_line=10).sentences] == [11, 13]
