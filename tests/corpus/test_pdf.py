"""PDF files to blocks with their pages, and those that cannot be read."""

import re
import zlib

import pytest

from tests.corpus.reading import MIB, read, texts, why_not
from tests.making import column, pdf


def test_a_pdf_has_pages_headings_whole_paragraphs_and_metadata() -> None:
    first = [
        (72.0, 720.0, 20.0, "Border report"),
        *column(
            "China and Russia settled the whole of their long",
            "border in 2008. It is 4,209 kilometres long, and it was",
            top=690,
        ),
    ]
    second = column("surveyed twice. Trade across it grew in 2024.", "", "A new paragraph begins here.")
    found = read(
        pdf(first, second, about={"Title": "Border report 2024", "Author": "Ann", "CreationDate": "D:20240503101112Z"}),
        "pdf",
    )
    assert texts(found) == [
        "Border report",
        "China and Russia settled the whole of their long border in 2008. It is 4,209 kilometres long, and it was surveyed twice. "
        "Trade across it grew in 2024.",
        "A new paragraph begins here.",
    ]
    assert [b.heading for b in found.blocks] == [True, False, False]
    assert [[page for page, _ in b.pieces] for b in found.blocks] == [[1], [1, 2], [2]]
    assert (found.title, found.creator, found.issued, found.dated_by_file) == (
        "Border report 2024",
        "Ann",
        "2024-05-03",
        True,
    )


def test_running_titles_and_page_numbers_are_left_out_but_no_sentence_is() -> None:
    pages = [
        [(72, 780, 9, "Annual report"), (72, 768, 9, f"{n + 10} Chapter {'one' if n < 3 else 'two'}"), (300, 20, 9, f"- {n} -"),
         (72, 750, 12, "Each page begins alike."), *column(f"Fact number {n} is that trade grew again and again.")]
        for n in range(1, 5)
    ]  # fmt: skip
    found = " ".join(texts(read(pdf(*pages), "pdf")))
    assert "Annual" not in found
    assert "Chapter" not in found
    assert "- 1 -" not in found
    assert found.count("Each page begins alike.") == 4
    assert "Fact number 4 is" in found


def test_a_page_number_is_left_out_also_where_there_is_one_page() -> None:
    for number in ("- 7 -", "Page 7 of 12", "xii", "p. 7"):
        assert texts(read(pdf([*column("Words here."), (300, 30, 12, number)]), "pdf")) == ["Words here."]


def test_a_note_at_the_foot_does_not_cut_a_sentence_and_its_number_is_not_quoted() -> None:
    body = (72.0, 700.0, 12.0, "China and Russia signed a treaty in 2001.")
    raised = (302.0, 707.0, 6.0, "12")
    pages = [
        [body, raised, (72, 685, 12, "The treaty, they said, was to bind"), (72, 60, 8, "12 See the archive.")],
        [(72, 740, 8, "Table 3 is overleaf."), (72, 700, 12, "both sides for twenty years.")],
    ]
    found = texts(read(pdf(*pages), "pdf"))
    assert found[0].endswith("in 2001. The treaty, they said, was to bind both sides for twenty years.")
    assert found[1:] == ["12 See the archive.", "Table 3 is overleaf."]


def test_words_broken_at_the_end_of_a_line_are_made_whole() -> None:
    lines = column(
        "They speak of long-term ties and of co-",
        "operation, of a long-",
        "term plan and of Sino-",
        "Russian trade that goes on.",
    )
    (found,) = texts(read(pdf(lines), "pdf"))
    assert (
        found
        == "They speak of long-term ties and of cooperation, of a long-term plan and of Sino-Russian trade that goes on."
    )


@pytest.mark.parametrize("title", ["Microsoft Word - draft7.doc", "untitled", "report_final.pdf", ""])
def test_titles_that_tools_write_are_none(title: str) -> None:
    assert read(pdf(column("Words here."), about={"Title": title}), "pdf").title == ""


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    assert why_not(pdf(column("Words."), count=10_000), "pdf") == (
        "it has 10000 pages, at most 2000 are read; split it and add the parts"
    )
    assert len(read(pdf(column("Words."), count=2_000), "pdf").blocks) > 0


def test_pdfs_that_cannot_be_read_say_why() -> None:
    locked = (
        "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + "00" * 32 + "> /U <" + "11" * 32 + "> >> /ID [<00> <00>]"
    )
    assert "protected by a password" in why_not(pdf(column("Words."), trailer=locked), "pdf")
    assert "is damaged" in why_not(b"%PDF-1.7 and nothing", "pdf")
    assert "run text recognition (OCR)" in why_not(pdf([]), "pdf")


def test_a_pdf_that_unpacks_without_end_is_refused() -> None:
    packer = zlib.compressobj(9)
    spaces = b"".join(packer.compress(b" " * MIB) for _ in range(1_000)) + packer.flush()
    assert len(spaces) < 2 * MIB
    plain = pdf([(0, 0, 0, "X")])
    start, end = plain.index(b"<< /Length"), plain.index(b"\nendstream")
    bomb = b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(spaces) + spaces
    assert re.search("crashed|memory", why_not(plain[:start] + bomb + plain[end:], "pdf", memory=700 * MIB))
