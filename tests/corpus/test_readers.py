"""Files to blocks: each format, hostile files, and the process that parsers run in."""

import io
import json
import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.language import language_of
from corpus.readers import DOCX, Extract, Limits, decode, gap, join_lines, kind_of
from corpus.sandbox import Sandbox, _checked
from tests.conftest import ROOT
from tests.making import column, docx, pdf, words

MIB = 2**20
LONG = "China and Russia traded goods worth 245 billion dollars in 2024, more than in any year before."


def texts(found: Extract) -> list[str]:
    return [b.text for b in found.blocks]


def read(content: bytes | str, kind: str, charset: str = "") -> Extract:
    with Sandbox() as sandbox:
        return sandbox.read(content.encode("utf-8") if isinstance(content, str) else content, kind, charset=charset)


def why_not(content: bytes, kind: str, **changed: float) -> str:
    with Sandbox(Limits(**changed)) as sandbox, pytest.raises(CorpusError) as caught:  # type: ignore[arg-type]
        sandbox.read(content, kind)
    message = str(caught.value)
    assert "\n" not in message
    assert "Traceback" not in message
    return message


# What a file is


@pytest.mark.parametrize(
    ("content", "name", "content_type", "kind"),
    [
        (b"%PDF-1.7", "report", "", "pdf"),
        (b"\n\n%PDF-1.7", "report.html", "text/html", "pdf"),
        (docx(words("x")), "report.docx", "", "docx"),
        (docx(words("x")), "download", "application/octet-stream", "docx"),
        (docx(words("x")), "download", DOCX, "docx"),
        (b"# Title", "notes.md", "", "markdown"),
        (b"# Title", "notes.MARKDOWN", "", "markdown"),
        (b"# Title", "notes.md", "text/plain", "markdown"),
        (b"Words", "notes.txt", "text/plain", "text"),
        (b"<p>Words", "notes.txt", "text/html", "html"),
        (b"<p>Words", "page.HTM", "", "html"),
        (b"Words", "", "text/plain", "text"),
    ],
)
def test_a_kind_is_told_by_first_bytes_then_server_then_name(
    content: bytes, name: str, content_type: str, kind: str
) -> None:
    assert kind_of(content, name, content_type) == kind


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old.doc", "old Office file; save it as .docx"),
        (b"GIF89a", "picture.gif", "none of .docx"),
        (b"words", "noending", "none of .docx"),
        (b"PK\x03\x04", "archive.zip", "none of .docx"),
    ],
)
def test_what_is_of_no_kind_is_refused(content: bytes, name: str, said: str) -> None:
    with pytest.raises(CorpusError, match=said):
        kind_of(content, name)


# Text


RUSSIAN = "Китай и Россия подписали договор о добрососедстве, дружбе и сотрудничестве в Москве 16 июля 2001 года. " * 2
CHINESE = "中国和俄罗斯于2001年7月16日在莫斯科签署了睦邻友好合作条约。条约于2021年延长五年。" * 2


@pytest.mark.parametrize(
    ("text", "encoding", "charset"),
    [
        (RUSSIAN, "utf-8", ""), (RUSSIAN, "utf-8-sig", "latin-1"), (RUSSIAN, "utf-16", ""), (RUSSIAN, "cp1251", ""),
        (RUSSIAN, "koi8-r", "koi8-r"), (CHINESE, "gb18030", ""), (CHINESE, "gb18030", "gb2312"), (CHINESE, "utf-8", "nonsense"),
    ],
)  # fmt: skip
def test_text_is_read_in_its_character_set(text: str, encoding: str, charset: str) -> None:
    assert decode(text.encode(encoding), charset) == text


def test_binary_data_is_no_text() -> None:
    with pytest.raises(CorpusError, match="no text but binary data"):
        decode(b"words\0and more")


def test_a_plain_text_has_paragraphs_headings_and_no_mark_up() -> None:
    found = read("Friends Or Rivals\n\nTrade binds\nthem [@key].\n\n# not a heading\n\n::: disputed\n", "text")
    assert texts(found) == ["Friends Or Rivals", "Trade binds them [@key].", "# not a heading", "::: disputed"]
    assert [b.heading for b in found.blocks] == [True, False, False, False]


def test_a_text_that_was_not_wrapped_by_hand_has_a_paragraph_a_line() -> None:
    assert texts(read(f"{LONG} {LONG}\nA second line.\nA third.", "text"))[1:] == ["A second line.", "A third."]


def test_lines_are_joined_without_a_space_inside_chinese() -> None:
    assert join_lines(["条约于2021年", "延长五年，", "直到2026年。"]) == "条约于2021年延长五年，直到2026年。"
    assert join_lines(["one", " two ", "", "три"]) == "one two три"
    assert (gap("", "x"), gap("x", ""), gap("年", "a")) == ("", "", " ")


def test_only_harmless_front_matter_is_passed_on_and_only_as_a_suggestion() -> None:
    front = (
        "---\ntitle: A note\nauthor: Ann\ndate: 2024-01-02\nlang: en\npublisher: Press\nperspective: un\nkind: brief\nid: treaty-2001\n"
        "rights: none\ntopic: history\nurl: https://evil.example\nquestions: [Who]\n---\n\nWords here.\n"
    )
    for kind in ("markdown", "text"):
        found = read(front, kind)
        assert texts(found) == ["Words here."]
        assert set(found.__dict__) == {"blocks", "title", "creator", "issued", "language", "publisher", "dated_by_file"}
        suggested = (found.title, found.creator, found.issued, found.language, found.publisher)
        assert suggested == ("A note", "Ann", "2024-01-02", "en", "Press")


@pytest.mark.parametrize("front", ["---\ntitle: [a\n---\n", "---\n- a\n---\n", "---\nno end\n"])
def test_front_matter_that_is_none_is_text(front: str) -> None:
    found = read(front + "\nWords here.\n", "text")
    assert found.title == ""
    assert "Words here." in texts(found)


def test_suggestions_are_short_single_lines_of_clean_text() -> None:
    found = read(f'---\ntitle: "a\\x1b[2J\\nb\u202e"\nauthor: {"x" * 1000}\ndate: [1]\n---\nWords.\n', "text")
    assert found.title == "a[2J b"
    assert len(found.creator) == 300
    assert found.issued == ""


def test_front_matter_of_more_than_64_kib_is_text() -> None:
    for lines, title in ((5_000, "A note"), (20_000, "")):
        found = read("---\ntitle: A note\n" + "k: v\n" * lines + "---\n\nWords here.\n", "text")
        assert found.title == title
        assert texts(found)[-1] == "Words here."


# Markdown


def test_markdown_keeps_headings_and_words() -> None:
    found = read(
        "Title\n=====\n\nSome **bold** [words](https://example.org)\nand `code` &amp; ![a map](x.png) [@key]{date=1999}.\n\n"
        "- one\n- two\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | **2** |\n\n```\n# code\n```\n\n<div>in <b>tags</b></div>\n\n"
        "::: disputed\nThey differ.\n:::\n",
        "markdown",
    )
    assert texts(found) == [
        "Title", "Some bold words and code & a map [@key]{date=1999}.", "one", "two", "quoted", "a | b", "1 | 2", "# code",
        "in tags", "::: disputed They differ. :::",
    ]  # fmt: skip
    assert [b.text for b in found.blocks if b.heading] == ["Title"]


# Web pages


PAGE = f"""<!doctype html><html lang="en-GB"><head><title>Trade grew | The Site</title><meta name="author" content="Ann Example">
<meta property="og:site_name" content="The Site"><meta property="article:published_time" content="2024-05-03T10:00:00Z">
<link rel="canonical" href="https://evil.example/other"></head><body><nav><a href="/">Home</a></nav><article><h1>Trade grew</h1>
<p>{LONG} That was <b>a record</b> [@pact]{{date=1999-01-01}}.</p><h2>Energy</h2><ul><li>Oil made up half of it.</li></ul>
<table><tr><th>Year</th><th>Value</th></tr><tr><td>2023</td><td>240</td></tr></table><p>Line one<br>line two</p>
<script>alert("never")</script></article><footer>Cookies</footer></body></html>"""


def test_of_a_web_page_the_article_and_its_metadata_are_read() -> None:
    found = read(PAGE, "html")
    assert texts(found) == [
        "Trade grew", f"{LONG} That was a record [@pact]{{date=1999-01-01}}.", "Energy", "Oil made up half of it.", "Year | Value",
        "2023 | 240", "Line one line two",
    ]  # fmt: skip
    assert [b.text for b in found.blocks if b.heading] == ["Trade grew", "Energy"]
    assert (found.title, found.creator, found.issued, found.language, found.publisher, found.dated_by_file) == (
        "Trade grew", "Ann Example", "2024-05-03", "en-GB", "The Site", False,
    )  # fmt: skip


@pytest.mark.parametrize(("charset", "meta"), [("", "windows-1251"), ("windows-1251", ""), ("", "")])
def test_a_page_is_read_in_its_character_set(charset: str, meta: str) -> None:
    page = f'<html><head><meta charset="{meta}"><title>Т</title></head><body><p>{RUSSIAN}</p></body></html>'
    assert RUSSIAN.strip() in " ".join(texts(read(page.encode("cp1251"), "html", charset)))


def test_a_fragment_of_a_page_is_read() -> None:
    assert texts(read(f"<p>{LONG}</p>", "html")) == [LONG]


def test_a_date_in_the_text_of_a_page_is_not_the_date_of_the_page() -> None:
    assert (
        read(f"<html><body><article><p>On 3 March 2021 they met. {LONG}</p></article></body></html>", "html").issued
        == ""
    )


@pytest.mark.parametrize("page", ["", "<html></html>", "<html><body><script>x</script></body></html>"])
def test_a_page_without_an_article_is_refused(page: str) -> None:
    assert "no article with any text" in why_not(page.encode(), "html")


# PDF


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


# Word


CORE = (
    "<dc:title>A memo</dc:title><dc:creator>Ann</dc:creator><dcterms:created>2023-02-01T10:00:00Z</dcterms:created>"
    "<dc:language>en-US</dc:language>"
)


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


# The process


def test_a_page_nested_a_hundred_thousand_deep_costs_one_error() -> None:
    deep = "<html><body>" + "<div>" * 100_000 + f"<p>{LONG}</p>" + "</div>" * 100_000 + "</body></html>"
    assert why_not(deep.encode(), "html")


def test_reading_is_ended_when_it_takes_too_long() -> None:
    assert "took longer than 0.5 seconds" in why_not(SLOW, "html", seconds=0.5)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not enforce RLIMIT_AS")
def test_reading_is_ended_when_it_needs_too_much_memory() -> None:
    assert "needs more than 200 MiB of memory" in why_not(SLOW, "html", memory=200 * MIB)


SLOW = ("<html><body><article>" + f"<p>{LONG}</p>" * 60_000 + "</article></body></html>").encode()
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds processes under /proc")


def below(pid: int) -> set[int]:
    """Return the processes that a process started and that are still there; none if it is gone itself."""
    found: set[int] = set()
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):  # threads come and go
                found |= {int(child) for child in (task / "children").read_text().split()}
    return found


def is_reading(pid: int) -> bool:
    """Tell whether a process is one of ours by now, and not still the copy of this one that it begins as."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return b"sandbox" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


@on_linux
@pytest.mark.parametrize(
    ("blow", "said"),
    [
        (signal.SIGSEGV, r"its reader crashed \(killed by signal 11\)"),
        (signal.SIGKILL, r"its reader crashed \(killed by signal 9\)"),
        (signal.SIGSTOP, "took longer than 3 seconds"),
    ],
    ids=["SEGV", "KILL", "STOP"],
)
@pytest.mark.parametrize(
    ("fork", "depth"), [(False, 1), (True, 1), (True, 2)], ids=["reader", "nursery", "forked reader"]
)
def test_a_reader_that_crashes_or_hangs_costs_one_error(
    fork: bool, depth: int, blow: signal.Signals, said: str
) -> None:
    def strike() -> None:
        above = {os.getpid()}
        for _ in range(depth):
            found: set[int] = set()
            while not found and not over.is_set():
                found = {pid for parent in above for pid in below(parent) - before if is_reading(pid)}
            above = found
        for pid in above:
            with suppress(ProcessLookupError):
                os.kill(pid, blow)

    before = below(os.getpid())  # a browser of an earlier test may still be one of them
    over = threading.Event()
    striking = threading.Thread(target=strike)
    striking.start()
    with Sandbox(Limits(seconds=3.0 if blow == signal.SIGSTOP else 60.0), fork=fork) as sandbox:
        with pytest.raises(CorpusError, match=said):
            sandbox.read(SLOW, "html")
        over.set()  # or a blow that comes too late would strike the next reader
        striking.join()
        sandbox.limits = Limits()
        assert texts(sandbox.read(b"Words here.", "text")) == ["Words here."]
    assert below(os.getpid()) <= before


@on_linux
def test_files_are_read_in_processes_of_one_nursery_that_ends_with_the_sandbox() -> None:
    before = below(os.getpid())
    with Sandbox() as sandbox:
        assert below(os.getpid()) == before
        assert texts(sandbox.read(b"One.", "text")) == ["One."]
        (nursery,) = below(os.getpid()) - before
        assert texts(sandbox.read(b"# Two", "markdown")) == ["Two"]
        assert below(os.getpid()) - before == {nursery}
        assert below(nursery) == set()
        os.kill(nursery, signal.SIGKILL)  # as a system short of memory does, between two files
        os.waitid(os.P_PID, nursery, os.WEXITED | os.WNOWAIT)
        assert texts(sandbox.read(b"Three.", "text")) == ["Three."]
    assert below(os.getpid()) == before


@on_linux
def test_what_one_file_does_to_its_reader_does_not_reach_the_next() -> None:
    """A parser that was taken over is played by a module that counts, in its own process, how often it was used."""
    order = json.dumps({"kind": "text", "charset": "", "limits": Limits().__dict__})
    code = (
        "import os, socket, tempfile, threading\nfrom corpus import readers, sandbox\nused = []\n"
        "def evil(content, kind, **given):\n    used.append(kind)\n"
        "    return readers.Extract(blocks=(readers.block(f'{len(used)} {os.getpid() != mine}'),))\n"
        "sandbox.read, mine = evil, os.getpid()\nours, theirs = socket.socketpair()\nos.dup2(theirs.fileno(), 0)\ntheirs.close()\n"
        "def ask():\n    for _ in range(3):\n        with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as file:\n"
        f"            socket.send_fds(ours, [{order!r}.encode()], [file.fileno(), answer.fileno()])\n"
        "            code = ours.recv(9)\n            answer.seek(0)\n            said.append((code, answer.read()))\n"
        "    ours.close()\n"
        "said = []\nasking = threading.Thread(target=ask)\nasking.start()\nsandbox.nurse()\nasking.join()\nprint(said, used)"
    )
    done = run(code)
    assert done.stdout.count("(b'0', ") == 3, done.stderr
    assert done.stdout.count('"1 True"') == 3
    assert done.stdout.endswith("[]\n")


@on_linux
def test_nothing_is_left_when_the_caller_is_killed() -> None:
    code = (
        "import os, signal\nfrom corpus.sandbox import Sandbox\nsandbox = Sandbox()\nsandbox.read(b'Words.', 'text')\n"
        "print(sandbox._nursery.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    done = run(code)
    assert done.returncode == -signal.SIGKILL, done.stderr
    end = time.monotonic() + 30
    while Path(f"/proc/{int(done.stdout)}/cmdline").exists() and time.monotonic() < end:
        time.sleep(0.01)
    assert not Path(f"/proc/{int(done.stdout)}/cmdline").exists()


@pytest.mark.parametrize("fork", [False, True])
def test_after_one_that_took_too_long_the_next_file_is_read(fork: bool) -> None:
    with Sandbox(Limits(seconds=1.0), fork=fork) as sandbox:
        with pytest.raises(CorpusError, match="took longer than 1 seconds"):
            sandbox.read(SLOW, "html")
        sandbox.limits = Limits()
        assert texts(sandbox.read(b"Words here.", "text")) == ["Words here."]


@pytest.mark.parametrize("kind", ["text", "markdown", "html", "pdf", "docx"])
def test_forked_or_started_a_reader_finds_the_same(kind: str) -> None:
    content = {"pdf": pdf(column(LONG)), "docx": docx(words(LONG)), "html": PAGE.encode()}.get(kind, LONG.encode())
    with Sandbox(fork=True) as forked, Sandbox(fork=False) as started:
        assert forked.read(content, kind) == started.read(content, kind)
        assert LONG in " ".join(texts(started.read(content, kind)))


def test_too_much_text_is_refused() -> None:
    assert "gives more than 1 MiB of text" in why_not(b"Words. " * 200_000, "text", output=MIB)


def test_too_many_sentences_are_refused() -> None:
    falls = ["One fell.", "Two fell.", "Three fell."] * 1_000
    text = " ".join(falls).encode()
    assert "holds more than 2,999 sentences" in why_not(text, "text", sentences=2_999)
    with Sandbox(Limits(sentences=3_000)) as sandbox:
        assert texts(sandbox.read(text, "text")) == [" ".join(falls)]


def test_a_text_that_is_slow_to_work_on_costs_the_caller_nothing() -> None:
    marks = "a" + "\u0300\u0316" * 200_000  # to put them in order takes time with the square of their number
    assert "took longer than 3 seconds" in why_not(docx(words(marks)), "docx", seconds=3.0)


def test_the_limits_are_those_of_the_documentation() -> None:
    limits = Limits()
    assert (limits.size, limits.pages, limits.seconds) == (20 * MIB, 2_000, 60.0)
    assert (limits.unpacked, limits.output, limits.memory) == (200 * MIB, 16 * MIB, 2_048 * MIB)
    assert limits.sentences == 100_000


def test_too_large_a_file_is_refused_unread() -> None:
    assert "larger than 20 MiB" in why_not(bytes(20 * MIB + 1), "text")


def run(code: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"],
        input=stdin,
        capture_output=True, encoding="utf-8", timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(
    "forbidden",
    ["import socket; socket.create_connection(('127.0.0.1', 9))", "import subprocess; subprocess.run(['true'])",
     "import os; os.system('true')",
     "import socket; socket.getaddrinfo('localhost', 80)", "import os; os.fork()", "import os; os.remove('x')"],
)  # fmt: skip
def test_code_in_the_process_cannot_leave_it(forbidden: str) -> None:
    done = run(f"from corpus.sandbox import _refuse\nsys.addaudithook(_refuse)\n{forbidden}")
    assert "PermissionError: a reader may not use" in done.stderr


def test_the_process_closes_its_doors_before_it_reads() -> None:
    order = {"kind": "text", "charset": "", "limits": Limits().__dict__}
    code = (
        f"import os\nfrom corpus.sandbox import main\nmain({str(order).replace(chr(39), chr(34))!r})\nos.system('true')"
    )
    done = run(code, stdin="Words here.")
    assert '"Words here."' in done.stdout
    assert "PermissionError: a reader may not use os.system" in done.stderr


def test_a_module_in_the_working_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("open('ran', 'w').close()\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert texts(read("Words here.", "text")) == ["Words here."]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("fork", [False, True])
def test_the_process_sees_no_environment(monkeypatch: pytest.MonkeyPatch, fork: bool) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    code = (
        "def seen(event, given):\n    if event == 'subprocess.Popen': print('started with', sorted(given[3]))\n"
        f"sys.addaudithook(seen)\nfrom corpus.sandbox import Sandbox\nSandbox(fork={fork}).read(b'Words.', 'text')"
    )
    said = run(code).stdout
    assert "started with" in said
    assert "KEY" not in said
    assert "AMUR" not in said


@pytest.mark.parametrize(
    "answer",
    [b"", b"[]", b"{}", b"null", b'{"error": 1}', b'{"blocks": [[false, []]], "title": ""}', b'{"blocks": [[false, [["1", "x"]]]]}',
     b'{"blocks": [[false, [[null, 1]]]]}', b'{"blocks": [[false, [[-1, "x"]]]]}', b'{"blocks": [], "title": 1}', b"[" * 100_000],
)  # fmt: skip
def test_an_answer_that_is_not_as_it_must_be_is_refused(answer: bytes) -> None:
    with pytest.raises(CorpusError):
        _checked(answer)


# Languages


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (LONG * 2, "", "en"), (LONG * 2, "en_GB", "en-GB"), (RUSSIAN, "en", "ru"), (CHINESE * 3, "zh-Hans", "zh-Hans"),
        (CHINESE * 3, "en", "zh"), ("Да.", "ru", "ru"), ("", "", "en"), ("", "x y z", "en"), ("123", "", "en"), (RUSSIAN, "<script>", "ru"),
    ],
)  # fmt: skip
def test_a_language_is_told_from_the_text(text: str, declared: str, language: str) -> None:
    assert language_of(text, declared) == language
