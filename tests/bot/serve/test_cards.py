"""Answers and their cards, whatever is in them, are text with our mark-up and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from bot.pipeline import Bot
from bot.records import Answer
from bot.serve.cards import answer_html, card_id, notice_html, partial_html, question_html
from bot.serve.evidence import evidence_html
from tests.bot.serve.showing import answers, as_shown, check, make_answer, make_citation, store_of, texts, unhurried


@unhurried
@given(texts)
def test_a_question_is_shown_as_typed(question: str) -> None:
    page = check(question_html(question))
    assert [tag for tag, _ in page.tags] == ["p"]
    assert page.text == as_shown(question)


@unhurried
@given(texts)
def test_what_the_page_itself_says_is_shown_as_text(notice: str) -> None:
    assert check(notice_html(notice)).text == as_shown(notice)


@unhurried
@given(st.lists(texts, max_size=4))
def test_an_answer_being_written_is_shown_as_text(written: list[str]) -> None:
    page = check(partial_html("\n\n".join(written), 1, ()))
    assert page.text == as_shown("".join("\n\n".join(written).split("\n\n")))
    assert page.found("a", "href") == []


def test_an_answer_being_written_has_the_markers_of_the_citations_there_are() -> None:
    page = check(partial_html("One. [1] Two [2]. Three [30].\n\nFour. [2]", 7, {1, 2}))
    assert page.found("a", "href") == ["#t7-c1", "#t7-c2", "#t7-c2"]
    assert page.within["p"] == ["One.source 1 Twosource 2. Three [30].", "Four.source 2"]


@unhurried
@given(answers(), st.integers(1, 50))
def test_an_answer_is_shown_as_text_with_a_marker_to_each_card(answer: Answer, turn: int) -> None:
    page = check(answer_html(answer, turn))
    markers = [f"#{card_id(turn, c.number)}" for c in answer.citations]
    assert page.found("a", "href") == [*markers, *([f"#t{turn}"] if markers else [])]
    text = answer.answer
    for number in [c.number for c in answer.citations]:
        text = text.replace(f" [{number}]", f"source {number}")
    for shown in (answer.lead, answer.notice, *text.split("\n\n")):
        assert as_shown(shown or "") in page.text
    assert ("amur-abstained" in page.found("p", "class")) == answer.abstained
    assert [c for c in page.found("span", "class") if c == "amur-chip"] == ["amur-chip"] * 2 * bool(answer.filters)


def test_an_answer_says_in_one_line_how_it_was_made() -> None:
    answer = make_answer(
        citations=(make_citation(),), source_mix={"un": 1}, query="When was it?", confidence=0.61, filters={"years": [1999, 2005]}
    )  # fmt: skip
    page = check(answer_html(answer, 1))
    assert page.within["p"][-1] == (
        "1 source: 1 United Nations · quoted word for word · medium confidence · corpus as of 2024-05-01"
        " · searched for “When was it?” 1999–2005"
    )
    assert page.within["span"][-1] == "1999–2005"
    assert "высокая уверенность" in check(answer_html(make_answer(citations=(make_citation(),)), 1, "ru")).text


def test_filters_are_named_in_the_readers_language() -> None:
    filters = {"topic": ["economy", "own-topic"], "perspective": ["nato"], "document": ["treaty", "other"]}
    answer = make_answer(citations=(make_citation(document_id="treaty", title="The treaty"),), filters=filters)
    chips = ["Экономика", "own topic", "НАТО", "The treaty", "other"]
    assert check(answer_html(answer, 1, "ru")).within["span"][-5:] == chips


def test_a_dispute_names_who_says_each_version(bot: Bot) -> None:
    answer = bot.answer("Who fired first on Zhenbao Island in March 1969?")
    page = check(answer_html(answer, 1))
    assert page.found("p", "class")[:3] == ["amur-claim", "amur-version", "amur-version"]
    assert [w for w in page.within["span"] if "account" in w] == ["Soviet account", "Chinese account"]


@unhurried
@given(st.lists(answers(), min_size=1, max_size=3), st.lists(texts, max_size=6).map("".join))
def test_cards_show_text_and_link_to_nothing_but_the_web(conversation: list[Answer], text: str) -> None:
    text = text.ljust(400)
    everything = range(1, len(conversation) + 1)
    page = check(evidence_html(conversation, store_of(text), opened=everything))
    cited = [(turn, c) for turn, answer in enumerate(conversation, 1) for c in answer.citations]
    assert sorted(page.found("article", "id")) == sorted(card_id(turn, c.number) for turn, c in cited)
    assert sorted(page.within.get("mark", [])) == sorted(as_shown(c.cited_text) for _, c in cited)
    for _, citation in cited:
        for shown in (citation.title, citation.section, *(r.title for r in citation.references)):
            assert as_shown(shown) in page.text
    ids = [
        *page.found("article", "id"),
        *page.found("div", "id"),
        *page.found("section", "id"),
        *page.found("details", "id"),
    ]
    assert len(set(ids)) == len(ids)
    assert {f"text-{turn}" for turn, _ in cited} <= set(ids)


def test_the_markers_of_a_lead_are_links_too() -> None:
    html = answer_html(make_answer(lead="[1] from the essay:", citations=(make_citation(number=1),)), 4)
    assert '<p class="amur-lead"><a class="amur-marker" href="#t4-c1">' in html
