"""Word files to blocks: mammoth reads the text, tracked insertions and content controls included, deletions left out."""

import io
import zipfile
from xml.etree import ElementTree

import mammoth
from lxml import html as lxml_html

from corpus.errors import CorpusError
from corpus.html import blocks
from corpus.readers import Extract, Limits

MAX_PARTS = 5_000
_CORE = "docProps/core.xml"
_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
_NOTES = "//a[starts-with(@href, '#footnote-') or starts-with(@href, '#endnote-')]"


def read_docx(content: bytes, limits: Limits) -> Extract:
    """Return the text of a Word file.

    Raises:
        CorpusError: it is no Word file, or unpacks to more than `limits.unpacked`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            # What a part claims is what zipfile reads of it at most, so the claims can be trusted as a bound.
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > limits.unpacked:
                raise CorpusError(
                    f"it unpacks to more than {limits.unpacked // 2**20} MiB or {MAX_PARTS} parts; a Word file does not"
                )
            core = archive.read(_CORE) if _CORE in archive.namelist() else b""
        # Neither a style map inside the file nor images are of use, and nothing outside the file is read.
        page = mammoth.convert_to_html(
            io.BytesIO(content),
            include_embedded_style_map=False,
            external_file_access=False,
            convert_image=mammoth.images.img_element(lambda image: {}),
            style_map="p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => h2:fresh",
        ).value
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise CorpusError("it is no Word file (.docx), or is damaged; save it anew and add that") from error
    tree = lxml_html.fragment_fromstring(page, create_parent="div")
    for mark in tree.xpath(_NOTES):  # "[1]" in the text and "↑" at the note: ours look the same
        mark.drop_tree()
    about = _metadata(core)
    return Extract(
        blocks=tuple(blocks(tree)),
        title=about.findtext(f"{_DC}title") or "",
        creator=about.findtext(f"{_DC}creator") or "",
        issued=(about.findtext(f"{_TERMS}created") or "")[:10],
        language=about.findtext(f"{_DC}language") or "",
        dated_by_file=True,
    )


def _metadata(core: bytes) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(core or b"<none/>")
    except ElementTree.ParseError:
        return ElementTree.Element("none")
