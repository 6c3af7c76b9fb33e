"""Word files to blocks, and those made to do harm."""

import io
import struct
import zipfile

import pytest

from tests.corpus.reading import CORE, LONG, MIB, read, texts, why_not
from tests.making import docx, words


def test_of_a_word_file_the_text_as_it_stands_is_read() -> None:
    body = (
        words("Report", "Heading1")
        + words(f"{LONG} [@key]")
        + "<w:p><w:ins><w:r><w:t>Inserted. </w:t></w:r></w:ins><w:del><w:r><w:delText>Deleted.</w:delText></w:r></w:del>"
        "<w:r><w:t>Kept.</w:t></w:r></w:p>"
        + f"<w:sdt><w:sdtContent>{words('In a control.')}</w:sdtContent></w:sdt>"
        + f"<w:tbl><w:tr><w:tc>{words('Year')}</w:tc><w:tc>{words('Value')}</w:tc></w:tr></w:tbl>"
    )
    found = read(docx(body, core=CORE), "docx")
    assert texts(found) == ["Report", f"{LONG} [@key]", "Inserted. Kept.", "In a control.", "Year | Value"]
    assert found.blocks[0].heading
    assert (found.title, found.creator, found.issued, found.language) == ("A memo", "Ann", "2023-02-01", "en-US")
    assert found.dated_by_file


def test_a_zip_bomb_is_refused() -> None:
    bomb = io.BytesIO(docx(words("Words.")))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("word/media/a.bin", "w") as part:
        for _ in range(201):
            part.write(bytes(MIB))
    assert len(bomb.getvalue()) < MIB
    assert "unpacks to more than 200 MiB" in why_not(bomb.getvalue(), "docx")


def test_a_zip_bomb_that_lies_about_its_size_is_refused() -> None:
    honest = docx(words("Words. " * 100_000))
    size = struct.pack("<L", len(zipfile.ZipFile(io.BytesIO(honest)).read("word/document.xml")))
    assert honest.count(size) == 2
    assert "damaged" in why_not(honest.replace(size, struct.pack("<L", 100)), "docx")


def test_entities_that_grow_are_refused() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    prologue = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "aaaaaaaaaa">{levels}]>'
    assert "gave up" in why_not(docx(words("&e9;"), prologue=prologue), "docx")


def test_a_word_file_reads_no_file_of_this_machine() -> None:
    prologue = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
    found = read(docx(words("Before.") + words("&secret;"), prologue=prologue), "docx")
    assert texts(found) == ["Before."]


@pytest.mark.parametrize("content", [b"PK\x03\x04 and nothing", b"", docx("")[:-40]])
def test_a_damaged_word_file_says_so(content: bytes) -> None:
    assert "no Word file" in why_not(content, "docx")
