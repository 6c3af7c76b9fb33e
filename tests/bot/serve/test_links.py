"""The addresses of our pages: escaped, in one form, and leading to what they name."""

from bot.pipeline import Bot
from bot.serve.links import chat_link, citation_link, document_link, page_link


def test_the_address_of_a_document_names_characters_and_the_citations_around_it() -> None:
    assert document_link("treaty") == "/documents/treaty"
    assert document_link("treaty", [(5, 9), (12, 20)]) == "/documents/treaty?s=5-9&s=12-20#c1"
    assert document_link("договор 1/2", root="/amur", lang="ru") == (
        "/amur/documents/%D0%B4%D0%BE%D0%B3%D0%BE%D0%B2%D0%BE%D1%80%201%2F2?lang=ru"
    )
    assert document_link("a", [(1, 2)], cited=[("a", 1, 2), ("b", 3, 4)]) == (
        "/documents/a?s=1-2&cited=a:1-2&cited=b:3-4#c1"
    )


def test_the_address_of_a_citation_knows_the_others_of_its_answer(small_bot: Bot) -> None:
    citations = small_bot.answer("Who fired first on Zhenbao Island in March 1969?").citations
    assert len(citations) == 3
    spans = [f"{c.source_start}-{c.source_end}" for c in citations]
    assert citation_link(citations[1], citations) == (
        f"/documents/border?s={spans[1]}&" + "&".join(f"cited=border:{span}" for span in spans) + "#c1"
    )
    assert citation_link(citations[1], citations[1:2]) == f"/documents/border?s={spans[1]}#c1"


def test_questions_and_filters_are_escaped() -> None:
    assert chat_link() == "/"
    assert chat_link("a & b?", {"topic": ["history", "economy"], "years": "2000-2010"}, lang="zh") == (
        "/?q=a%20%26%20b%3F&topic=history&topic=economy&years=2000-2010&lang=zh"
    )
    assert page_link("/explore/sources", [("q", "x y"), ("topic", "")]) == "/explore/sources?q=x%20y"
