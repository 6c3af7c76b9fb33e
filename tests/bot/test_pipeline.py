"""The bot end to end on a small corpus: one path, checked citations, abstention, and an index that changes under it."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler

from bot.beside import say_lead
from bot.extract import quotable
from bot.pipeline import Bot
from bot.records import ABSTENTION, Question
from bot.scoring import weights
from corpus.tombstones import bury
from index.build import build_index
from tests.bot.made import ask, user
from tests.fakes import BagOfWords


def test_an_answer_quotes_the_document_at_its_offsets(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot()
    answer = bot.answer("When was the friendship treaty signed?")
    assert not answer.abstained
    assert "16 July 2001" in answer.answer
    first = answer.citations[0]
    document = bot.store.document(first.document_id)
    assert document is not None
    assert document.text[first.source_start : first.source_end] == first.cited_text
    assert first.verdict == "verbatim"
    assert first.references[0].url == "https://example.org/treaty"
    assert answer.statements[0].text in answer.answer
    assert answer.answer.count("[1]") == 1


def test_answer_is_the_drained_stream_and_chain_invoke_agrees(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot()
    question = "When was the friendship treaty signed?"
    events = list(bot.stream(question))
    assert events[0].kind == "meta"
    assert events[-1].kind == "answer"
    assert sum(e.kind == "answer" for e in events) == 1
    text = "".join(e.data["text"] for e in events if e.kind == "delta")

    def comparable(answer: Any) -> dict[str, Any]:
        return {k: v for k, v in asdict(answer).items() if k != "seconds"}

    streamed = events[-1].answer
    assert streamed is not None
    assert text == streamed.answer
    assert comparable(bot.answer(question)) == comparable(streamed)
    assert comparable(bot.chain.invoke(Question(text=question)).answer) == comparable(streamed)


def test_every_citation_event_comes_before_the_text_that_names_it(make_bot: Callable[..., Bot]) -> None:
    known: set[int] = set()
    for event in make_bot().stream("Who fired first on Zhenbao Island in March 1969?"):
        if event.kind == "citation":
            known.add(event.data["number"])
        if event.kind == "delta":
            named = {n for n in range(1, 9) if f"[{n}]" in event.data["text"]}
            assert named <= known


def test_one_question_runs_the_four_named_stages(make_bot: Callable[..., Bot]) -> None:
    class Tracer(BaseCallbackHandler):
        def __init__(self) -> None:
            self.names: list[str] = []

        def on_chain_start(self, serialized: Any, inputs: Any, **kwargs: Any) -> None:
            self.names.append(kwargs.get("name") or "")

    tracer = Tracer()
    list(make_bot().chain.stream(Question(text="When was the treaty signed?"), config={"callbacks": [tracer]}))
    assert [n for n in tracer.names if n in {"rewrite", "retrieve", "answer", "cite"}] == [
        "rewrite",
        "retrieve",
        "answer",
        "cite",
    ]


def test_a_disputed_claim_comes_with_both_versions(make_bot: Callable[..., Bot]) -> None:
    answer = make_bot().answer("Who fired first on Zhenbao Island in March 1969?")
    assert [v.who for v in answer.disputed[0].versions] == ["Soviet account", "Chinese account"]
    assert "Chinese and Soviet accounts differ" in answer.disputed[0].claim
    assert "Chinese soldiers fired first" in answer.answer
    assert "Soviet soldiers fired first" in answer.answer


def test_the_source_mix_counts_the_cited_references(make_bot: Callable[..., Bot]) -> None:
    answer = make_bot().answer("Who fired first on Zhenbao Island in March 1969?")
    cited = {r.id: r.perspective for c in answer.citations for r in c.references}
    assert answer.source_mix == {"chinese-official": 1, "independent-media": 1}
    assert sum(answer.source_mix.values()) == len(cited)


def test_a_quote_that_leans_on_the_sentence_before_brings_it_along(make_bot: Callable[..., Bot]) -> None:
    answer = make_bot().answer("Why does it keep growing: Russia sells oil and gas?")
    assert any(
        c.cited_text == "Trade binds the two neighbours. It keeps growing because Russia sells oil and gas to China."
        for c in answer.citations
    )


def test_words_that_do_not_say_whose_they_are_get_a_lead(make_bot: Callable[..., Bot]) -> None:
    answer = make_bot().answer("What would a full alliance with mutual defence duties need?")
    assert answer.lead is not None
    assert "Friends Or Rivals" in answer.lead
    assert "undated" in answer.lead
    assert make_bot().answer("When was the friendship treaty signed?").lead is None


def test_a_lead_names_the_text_before_the_marks_of_its_quotes(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot()
    (quote, *_) = bot.answer("What would a full alliance with mutual defence duties need?").citations
    (brief, *_) = bot.answer("When was the friendship treaty signed?").citations
    query = bot.search("What would it need?").query
    cited = [brief, replace(quote, number=2), replace(quote, number=3)]
    assert say_lead(cited, query) == "From the text “Friends Or Rivals” (undated): [2][3]"
    assert say_lead(cited, replace(query, language="ru")) == "Источник: текст «Friends Or Rivals» (без даты): [2][3]"
    assert say_lead(cited, replace(query, language="zh")) == "引自文本《Friends Or Rivals》（无日期）：[2][3]"


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of Peru?",
        "How many S-500 systems has China bought?",
        "When was the friendship treaty of 1850 signed?",
    ],
)
def test_what_the_corpus_does_not_hold_is_declined(make_bot: Callable[..., Bot], question: str) -> None:
    answer = make_bot().answer(question)
    assert answer.abstained
    assert answer.answer.startswith(ABSTENTION)
    assert answer.citations == ()
    assert answer.source_mix == {}
    assert answer.confidence < 0.5
    assert answer.suggestions


def test_suggestions_are_questions_the_bot_answers(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot()
    declined = bot.answer("How many S-500 systems has China bought?")
    assert "When was the treaty signed?" in declined.suggestions
    assert not bot.answer("When was the treaty signed?").abstained


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   \n\t ",
        "🙂🙂🙂",
        "\x00\x07\u202e",
        "?!…",
        "word " * 5000,
        "<script>alert(1)</script>",
        "'; drop table documents; --",
        "a" * 1999,
        "когда был подписан договор?",
        "条约是什么时候签署的？",
        "\ud800 broken surrogate",
        "[@pact]{date=2001}",
    ],
)
def test_any_text_gets_a_sensible_reply(make_bot: Callable[..., Bot], question: str) -> None:
    answer = make_bot().answer(question)
    assert answer.answer.strip()
    assert len(answer.question) <= 2000
    json.dumps(answer.to_dict(), ensure_ascii=False).encode("utf-8")


def test_what_has_its_reply_already_is_not_searched_for(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot()
    assert bot.search("hello").passages == bot.search("?!").candidates == ()
    assert bot.search("Was the treaty signed?").passages


def test_a_question_in_another_language_is_answered_in_that_language(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot()
    assert "по-английски" in bot.answer("Когда был подписан договор?").answer
    assert "英文" in bot.answer("条约是什么时候签署的？").answer
    assert bot.answer("Когда был подписан договор?").suggestions


def test_a_follow_up_is_searched_with_what_it_follows(make_bot: Callable[..., Bot]) -> None:
    history = [
        {"role": "user", "content": "When was the friendship treaty signed?"},
        {"role": "assistant", "content": "On 16 July 2001."},
    ]
    answer = make_bot().answer("And when was it extended?", history=history)
    assert "friendship treaty" in answer.query
    assert answer.question == "And when was it extended?"
    assert "June 2021" in answer.answer


def test_a_removed_document_is_never_cited_again_by_a_running_bot(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot()
    question = "When was the friendship treaty signed?"
    assert bot.answer(question).citations[0].document_id == "treaty"
    bury(bot.settings, ["treaty"])
    after = bot.answer(question)
    assert "treaty" not in {c.document_id for c in after.citations}
    assert "treaty" not in {p.chunk.document_id for p in bot.search(question).passages}


def test_a_document_removed_between_search_and_citation_is_dropped_and_reported(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot()
    stream = bot.stream("When was the friendship treaty signed?")
    assert next(stream).kind == "meta"
    bury(bot.settings, ["treaty"])
    answer = next(e.answer for e in stream if e.answer)
    assert "treaty" not in {c.document_id for c in answer.citations}
    assert {p.detail for p in answer.problems} == {"treaty: the document was removed"}


def test_a_running_bot_sees_a_new_index_at_the_next_question(make_bot: Callable[..., Bot], corpus_folder: Any) -> None:
    bot = make_bot()
    before = bot.answer("When was the Harbin ice festival opened?")
    assert before.abstained
    (corpus_folder / "ice.txt").write_text("The Harbin ice festival was opened in January 1985.", encoding="utf-8")
    build_index(bot.settings, embedder=BagOfWords())
    after = bot.answer("When was the Harbin ice festival opened?")
    assert "January 1985" in after.answer
    assert after.corpus_revision != before.corpus_revision
    assert after.fingerprint != before.fingerprint


def test_the_retriever_serves_langchain_users(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot()
    found = bot.retriever.invoke("When was the friendship treaty signed?")
    assert found[0].metadata["document_id"] == "treaty"
    document = bot.store.document("treaty")
    assert document is not None
    assert found[0].page_content.split()[0] in document.text


def test_answers_never_hold_more_sentences_than_the_setting(make_bot: Callable[..., Bot]) -> None:
    answer = make_bot(max_sentences=1).answer("What do you know about China and Russia and the friendship treaty?")
    assert len(answer.statements) <= 1


# Questions of several parts, of some years, of the latest, of each side

PORTS = """---
id: ports
title: The ports
kind: brief
topic: history
language: en
as_of: 2024-05-01
---

The harbour agreement was signed on 3 May 1995 [@pact]{date=1995-05-03}. Delegates toasted the harbour agreement at Dalian
[@pact]{date=1995-05-04}.

## Dredging

Dredging of the Suifen channel took place in 1984 [@news]{date=1984-06-01}.

Dredging of the Suifen channel took place in 1996 [@news]{date=1996-06-01}.

Dredging of the Suifen channel took place in 2019 [@news]{date=2019-06-01}.

## Lists

Amur's list of lighthouses is short [@news]{date=2020-01-01}.

Engineers built lighthouses along a gulf [@news]{date=2020-01-01}.
"""


@pytest.fixture
def ports(corpus_folder: Path, make_bot: Callable[..., Bot]) -> Callable[..., Bot]:
    (corpus_folder / "ports.md").write_text(PORTS, encoding="utf-8")
    return make_bot


def quoted(answer: Any) -> list[str]:
    return [s.text for s in answer.statements]


def test_a_question_of_two_parts_gets_a_sentence_for_each(ports: Callable[..., Bot]) -> None:
    bot = ports()
    both = bot.answer("When was the harbour agreement signed, and where did delegates toast?")
    assert "3 May 1995" in both.answer
    assert "at Dalian" in both.answer
    one = bot.answer("When was the harbour agreement signed?")
    assert "3 May 1995" in quoted(one)[0]


@pytest.mark.parametrize(
    ("question", "year"),
    [
        ("What is the latest dredging of the Suifen channel?", "2019"),
        ("Was there dredging of the Suifen channel in the 1990s?", "1996"),
        ("Was there dredging of the Suifen channel in the eighties?", "1984"),
        ("Was there dredging of the Suifen channel before 1990?", "1984"),
        ("Was there dredging of the Suifen channel since 2014?", "2019"),
        ("Was there dredging of the Suifen channel after 2000?", "2019"),
        ("Was there dredging of the Suifen channel between 1990 and 2000?", "1996"),
        ("Was there dredging of the Suifen channel in '96?", "1996"),
    ],
)
def test_an_event_of_the_years_asked_for_comes_first(ports: Callable[..., Bot], question: str, year: str) -> None:
    bot = ports(max_sentences=1, min_confidence=0.0)
    assert quoted(bot.answer(question)) == [f"Dredging of the Suifen channel took place in {year}."]


def test_who_fired_first_brings_the_accounts_of_both(ports: Callable[..., Bot]) -> None:
    answer = ports().answer("Who fired first on Zhenbao?")
    assert [v.who for d in answer.disputed for v in d.versions] == ["Soviet account", "Chinese account"]


def test_a_sentence_about_the_list_itself_is_not_preferred(ports: Callable[..., Bot]) -> None:
    found = ports().search("Tell me of lighthouses")
    first, second = quotable(found)[:2]
    assert first.sentence.text.startswith("Engineers built lighthouses")
    assert second.sentence.text.startswith("Amur's list of lighthouses")
    assert found.candidates[0].sentence.text == second.sentence.text  # by its words alone it would be the first


@pytest.mark.parametrize(
    ("question", "declined"),
    [
        ("When was the treaty signed?", False),
        ("when was the treaty signed", False),
        ("When was the friendship treaty signed?", True),
    ],
)
def test_a_question_that_a_document_lists_is_never_declined(
    make_bot: Callable[..., Bot], question: str, declined: bool
) -> None:
    answer = make_bot(min_confidence=1.0).answer(question)
    assert answer.abstained is declined
    assert declined or answer.citations[0].document_id == "treaty"
    assert answer.confidence < 1.0


def test_what_only_a_removed_document_lists_is_declined_and_not_proposed(make_bot: Callable[..., Bot]) -> None:
    bot = make_bot(min_confidence=1.0)
    assert "When was the treaty signed?" in bot.answer("What is the capital of Peru?").suggestions
    bury(bot.settings, ["treaty"])
    assert bot.answer("When was the treaty signed?").abstained
    assert "When was the treaty signed?" not in bot.answer("What is the capital of Peru?").suggestions


def test_the_words_of_a_follow_up_weigh_more_than_those_it_carries(ports: Callable[..., Bot]) -> None:
    query = ask(ports(), "and the dredging?", [user("When was the harbour agreement signed?")])
    idf = query.store.lexical.idf
    assert set(query.asked.tokens) == {"harbor", "agreement", "sign", "dredg"}
    assert weights(query) == {
        "harbor": pytest.approx(0.6 * idf("harbor")),
        "agreement": pytest.approx(0.6 * idf("agreement")),
        "sign": pytest.approx(0.6 * idf("sign")),
        "dredg": pytest.approx(idf("dredg")),
    }


def test_a_follow_up_is_answered_by_its_own_words(ports: Callable[..., Bot]) -> None:
    history = [{"role": "user", "content": "When was the harbour agreement signed?"}]
    answer = ports().answer("and the dredging of the Suifen channel?", history=history)
    assert quoted(answer)[0].startswith("Dredging of the Suifen channel")


def test_a_slip_of_the_pen_is_read_as_the_word_of_the_texts(ports: Callable[..., Bot]) -> None:
    answer = ports().answer("When was the harbor agreemnt signed?")
    assert "3 May 1995" in quoted(answer)[0]


def test_a_name_of_the_glossary_finds_what_the_texts_call_it(ports: Callable[..., Bot], corpus_folder: Path) -> None:
    entry = {"term": "Suifen", "aliases": ["Razdolnaya"], "kind": "place"}
    (corpus_folder / "glossary.json").write_text(json.dumps([entry]), encoding="utf-8")
    answer = ports().answer("When was the Razdolnaya dredging?")
    assert not answer.abstained
    assert quoted(answer)[0].startswith("Dredging of the Suifen channel")


def test_the_article_is_answered_from_when_it_is_named(make_bot: Callable[..., Bot], corpus_folder: Path) -> None:
    (corpus_folder / "article.md").write_text(
        "---\nid: friends\nkind: article\n---\n\nSome see friends.\n\nOthers see rivals.\n", encoding="utf-8"
    )
    bot = make_bot()
    assert bot.search("Was the treaty extended?").passages[0].chunk.document_id == "treaty"
    named = bot.search("Was the treaty extended, says the essay?")
    assert named.passages[0].chunk.document_id == "friends"
    kept = bot.answer("Was the treaty extended, says the essay?", filters={"document": "treaty"})
    assert {c.document_id for c in kept.citations} == {"treaty"}
