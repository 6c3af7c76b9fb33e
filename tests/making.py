"""Tiny files made by hand, so that a test shows every byte it depends on: PDF, Word; and a reranker with random weights."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

Text = tuple[float, float, float, str]
"""A text on a page: x, y, size, words."""


def column(*lines: str, top: float = 700.0, size: float = 12.0, left: float = 72.0) -> list[Text]:
    """Return lines of text below each other, an empty one being a gap."""
    return [(left, top - 1.2 * size * n, size, line) for n, line in enumerate(lines) if line]


def pdf(
    *pages: Sequence[Text], about: Mapping[str, str] | None = None, count: int | None = None, trailer: str = ""
) -> bytes:
    """Return a PDF with these texts in Helvetica; `count` repeats the first page, `trailer` goes into the trailer."""
    kids = [4 + 2 * n for n in range(len(pages))] if count is None else [4] * count
    info = "".join(f"/{name} ({value}) " for name, value in (about or {}).items())
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {len(kids)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for page in pages:
        shown = "\n".join(f"BT /F1 {size} Tf {x} {y} Td ({_escaped(words)}) Tj ET" for x, y, size, words in page)
        content = len(objects) + 2
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {content} 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream")
    objects.append(f"<< {info}>>")
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    end += f"<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R {trailer} >>\nstartxref\n{len(made)}\n%%EOF\n"
    return made + end.encode("latin-1")


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def words(text: str, style: str = "") -> str:
    """Return a paragraph of a Word file."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def docx(body: str, *, core: str = "", prologue: str = "", parts: Mapping[str, bytes] | None = None) -> bytes:
    """Return a Word file with this body; `core` is Dublin Core about it, `prologue` stands before the document's root."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/document.xml", f'{prologue}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
        )
        if core:
            archive.writestr(
                "docProps/core.xml",
                f'<c:coreProperties xmlns:c="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
                f'xmlns:dcterms="http://purl.org/dc/terms/">{core}</c:coreProperties>',
            )
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return made.getvalue()


def cross_encoder(folder: Path, *, labels: int = 1, seed: int = 0) -> Path:
    """Write a tiny CrossEncoder with random weights, and return its folder."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder.mkdir(parents=True)
    words = "[PAD] [UNK] [CLS] [SEP] [MASK] china russia treaty signed ships sailed when who was it the . ? :".split()
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=64, num_labels=labels, initializer_range=0.3,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    return folder
