"""The reader view over HTTP: the document whole, marks, references, disputes, errors as pages, three languages, hostile texts."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import lxml.html
import pytest

from bot.messages import catalogue
from bot.pipeline import Bot
from bot.serve import web
from bot.serve.web import LANGUAGES
from corpus.tombstones import bury
from tests.bot.serve.running import serving
from tests.browser.conftest import HOSTILE, HOSTILE_REFERENCES
from tests.conftest import DOCUMENTS, REFERENCES
from tests.small import make_bot

SERVE = Path(web.__file__).parent
LONG = {
    "long.md": "---\nid: long\ntitle: Long\nlanguage: ru\n---\n\n## <b>Один</b>\n\nТекст первый [@pact].\n\n## Два\n\nТекст второй.\n"
}


def page(client: httpx.Client, path: str, status: int = 200, **headers: str) -> lxml.html.HtmlElement:
    response = client.get(path, headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return lxml.html.document_fromstring(response.text)


def text_of(found: lxml.html.HtmlElement) -> str:
    """Return what stands in the text of a reader page without what the page adds."""
    (text,) = found.xpath("//*[@id='text']")
    for extra in text.xpath(".//*[contains(concat(' ', @class, ' '), ' extra ')]"):
        extra.drop_tree()
    return str(text.text_content())


def stored(bot: Bot, document_id: str) -> str:
    document = bot.store.document(document_id)
    assert document is not None
    return document.text


@pytest.mark.parametrize("name", ["treaty", "border", "essay"])
def test_the_page_holds_the_document_whole(client: httpx.Client, bot: Bot, name: str) -> None:
    assert text_of(page(client, f"/documents/{name}")) == stored(bot, name)


def test_exactly_the_characters_asked_for_are_marked(client: httpx.Client, bot: Bot) -> None:
    text = stored(bot, "border")
    spans = [(0, 1), (5, 12), (60, len(text))]
    found = page(client, "/documents/border?" + "&".join(f"s={a}-{b}" for a, b in spans))
    assert "".join(m.text_content() for m in found.xpath("//mark")) == "".join(text[a:b] for a, b in spans)
    assert [m.get("id") for m in found.xpath("//mark[@id]")] == ["c1", "c2", "c3"]
    assert text_of(found) == text
    assert [a.get("href") for a in found.xpath("//nav[@class='cited']//a")] == ["#c1", "#c2", "#c3", "#main"]


@pytest.mark.parametrize("value", ["9-3", "x", "5-99999", "<script>alert(1)</script>"])
def test_a_span_that_cannot_be_marked_is_told_and_the_page_shows(client: httpx.Client, bot: Bot, value: str) -> None:
    response = client.get("/documents/treaty", params=[("s", value), ("s", "0-5")])
    found = lxml.html.document_fromstring(response.text)
    (note,) = found.xpath("//p[@role='status']")
    assert f"“{value}”" in note.text_content()
    assert "\n" not in note.text_content().strip()
    assert [m.text_content() for m in found.xpath("//mark")] == ["China"]
    assert "<script>alert" not in response.text
    assert text_of(found) == stored(bot, "treaty")


def test_sentences_lead_to_their_references_and_back(client: httpx.Client) -> None:
    found = page(client, "/documents/border")
    listed = [" ".join(li.text_content().split()) for li in found.xpath("//section[@class='references']//li")]
    assert listed == [
        "A report. Newspaper, 2021 independent media ↩ back to the text",
        "Treaty text. Ministry, 16 July 2001 Chinese official ↩ back to the text",
    ]
    notes = [[a.get("href") for a in sup.xpath("./a")] for sup in found.xpath("//sup")]
    assert notes == [["#ref-1"], ["#ref-2", "#ref-1"], ["#ref-2"], ["#ref-1"]]
    ids = {element.get("id") for element in found.xpath("//*[@id]")}
    assert len(ids) == len(found.xpath("//*[@id]"))
    assert {a.get("href")[1:] for a in found.xpath("//a[starts-with(@href, '#')]")} <= ids
    assert found.xpath("//section[@class='references']//a[starts-with(@href, 'http')]/@href") == [
        "https://example.org/report",
        "https://example.org/treaty",
    ]


def test_a_disputed_claim_stands_apart_with_who_says_what(client: httpx.Client) -> None:
    (block,) = page(client, "/documents/border").xpath("//section[@class='disputed']")
    assert block.xpath(".//b/text()") == ["Soviet account", "Chinese account"]
    assert "Disputed: the accounts differ" in block.text_content()
    assert "settled in October 2008" not in block.text_content()


def test_contents_metadata_and_questions(client: httpx.Client) -> None:
    essay = page(client, "/documents/essay")
    assert [(h.get("id"), h.get("class"), h.text_content()) for h in essay.xpath("//article//h2")] == [
        ("section-1", "same", "Friends Or Rivals"),
        ("section-2", None, "Where Interests Differ"),
    ]
    assert not essay.xpath("//nav[@class='contents']")  # one heading is no table
    treaty = page(client, "/documents/treaty")
    facts = {d.xpath("./dt")[0].text: d.xpath("./dd")[0].text for d in treaty.xpath("//dl[@class='facts']/div")}
    assert facts == {"Published": "undated", "Holds to": "1 May 2024"}
    assert treaty.xpath("//aside[@class='ask']//a/@href") == [
        "/?q=When%20was%20the%20treaty%20signed%3F&document=treaty",
        "/?document=treaty",
    ]


def test_the_citations_of_an_answer_lead_from_one_to_the_next(client: httpx.Client) -> None:
    cited = "cited=treaty:0-5&cited=border:4-9&cited=essay:0-7"
    (nav,) = page(client, f"/documents/border?s=4-9&{cited}").xpath("//nav[@class='cited']")
    assert "Citation 2 of 3 of the answer" in nav.text_content()
    assert [(a.get("rel"), a.get("href")) for a in nav.xpath("./a[@rel]")] == [
        ("previous", f"/documents/treaty?s=0-5&{cited}#c1"),
        ("next", f"/documents/essay?s=0-7&{cited}#c1"),
    ]
    (nav,) = page(client, f"/documents/essay?s=0-7&{cited}&cited=nowhere:1-2&cited=junk").xpath("//nav[@class='cited']")
    assert [a.get("rel") for a in nav.xpath("./a[@rel]")] == ["previous"]


def test_an_unknown_document_is_a_page_that_says_so(client: httpx.Client) -> None:
    found = page(client, "/documents/<script>alert(1)</script>", 404)
    assert "There is no such document" in found.text_content()
    assert found.xpath("//script/@src") == ["/static/pages.js"]
    assert "Такого документа нет" in page(client, "/documents/nothing?lang=ru", 404).text_content()


def test_a_removed_document_is_gone_at_once(tmp_path: Path) -> None:
    bot = make_bot(tmp_path)
    with serving(bot) as address, httpx.Client(base_url=address, timeout=60) as client:
        page(client, "/documents/essay")
        bury(bot.settings, ["essay"])
        found = page(client, "/documents/essay?lang=zh", 410)
        assert "该文档已被移除" in found.text_content()
        assert "Mistrust" not in found.text_content()
        page(client, "/documents/treaty")


@pytest.mark.parametrize(
    ("query", "accepted", "lang"),
    [
        ("", "", "en"),
        ("", "ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("", "de, zh-CN;q=0.4, ru;q=0.3", "zh"),
        ("", "fr, zh;q=0", "en"),
        ("", "zh;q=nonsense, en", "en"),
        ("?lang=zh", "ru", "zh"),
        ("?lang=xx", "ru", "ru"),
    ],
)
def test_the_language_is_the_one_asked_for_or_the_browsers(
    client: httpx.Client, query: str, accepted: str, lang: str
) -> None:
    found = page(client, f"/documents/treaty{query}", **{"accept-language": accepted})
    assert found.get("lang") == lang
    assert found.xpath("//*[@id='text']/@lang") == ["en"]
    kept = [a for a in found.xpath("//header[@class='site']//a/@href") if "lang=" in a]
    assert bool(kept) == (query == "?lang=zh")
    assert found.xpath("//p[@class='languages']/a/@href") == [
        f"/documents/treaty?lang={other}" for other in LANGUAGES if other != lang
    ]


def test_pages_answer_head_and_say_that_they_depend_on_the_language(client: httpx.Client) -> None:
    response = client.head("/documents/treaty")
    assert response.status_code == 200
    assert "accept-language" in response.headers["vary"]
    assert "script-src 'self';" in response.headers["content-security-policy"]


def test_every_text_of_the_pages_is_used() -> None:
    used = "".join(p.read_text(encoding="utf-8") for p in [*SERVE.glob("templates/*.html"), *SERVE.glob("*.py")])
    made = ("topic-", "kind-", "nav-", "removed-", "unknown-", "nofigure-")
    keys = [key.removeprefix("page.") for key in catalogue("en") if key.startswith("page.")]
    assert len(keys) > 50
    assert [k for k in keys if not k.startswith(made) and f'"{k}"' not in used and f"'{k}'" not in used] == []


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server whose documents attack its pages."""
    references = REFERENCES.replace("[\n", "[\n" + HOSTILE_REFERENCES, 1)
    bot = make_bot(tmp_path_factory.mktemp("attacked"), documents=DOCUMENTS | HOSTILE | LONG, references=references)
    with serving(bot) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_nothing_in_a_document_becomes_mark_up_or_a_link_that_runs(attacked: httpx.Client) -> None:
    found = page(attacked, "/documents/hostile?s=0-200")
    assert found.xpath("//script/@src") == ["/static/pages.js"]
    assert not found.xpath("//img | //svg | //iframe | //u | //article//script")
    for href in found.xpath("//@href"):
        assert re.match(r"(?:https?://|/|#|data:,$)", href), href
    assert not found.xpath("//@*[starts-with(name(), 'on')]")
    assert "<script>alert(1)</script>" in found.xpath("//h1")[0].text_content()


def test_a_table_of_contents_leads_to_the_headings(attacked: httpx.Client) -> None:
    found = page(attacked, "/documents/long")
    contents = found.xpath("//nav[@class='contents']//a")
    assert [(a.get("href"), a.text_content()) for a in contents] == [
        ("#section-1", "<b>Один</b>"),
        ("#section-2", "Два"),
        ("#references", "References"),
    ]
    assert [h.get("id") for h in found.xpath("//article//h2")] == ["section-1", "section-2"]
