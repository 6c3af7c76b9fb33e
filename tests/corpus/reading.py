"""What the tests of readers read, and how."""

import pytest

from corpus.errors import CorpusError
from corpus.readers import Extract, Limits
from corpus.sandbox import Sandbox

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


RUSSIAN = "Китай и Россия подписали договор о добрососедстве, дружбе и сотрудничестве в Москве 16 июля 2001 года. " * 2


PAGE = f"""<!doctype html><html lang="en-GB"><head><title>Trade grew | The Site</title><meta name="author" content="Ann Example">
<meta property="og:site_name" content="The Site"><meta property="article:published_time" content="2024-05-03T10:00:00Z">
<link rel="canonical" href="https://evil.example/other"></head><body><nav><a href="/">Home</a></nav><article><h1>Trade grew</h1>
<p>{LONG} That was <b>a record</b> [@pact]{{date=1999-01-01}}.</p><h2>Energy</h2><ul><li>Oil made up half of it.</li></ul>
<table><tr><th>Year</th><th>Value</th></tr><tr><td>2023</td><td>240</td></tr></table><p>Line one<br>line two</p>
<script>alert("never")</script></article><footer>Cookies</footer></body></html>"""


CORE = (
    "<dc:title>A memo</dc:title><dc:creator>Ann</dc:creator><dcterms:created>2023-02-01T10:00:00Z</dcterms:created>"
    "<dc:language>en-US</dc:language>"
)
