"""Lexical search: what counts as one token, and BM25 scores that equal the formula."""

import math
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.lexical import LexicalIndex, tokenise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("240.1", ["240.1"]),
        ("It was $240.1.", ["240.1"]),
        ("grew 26.3%.", ["grew", "26.3"]),
        ("8,500", ["8500"]),
        ("8,500,", ["8500"]),
        ("1,234,567.89", ["1234567.89"]),
        ("８，５００", ["8500"]),
        ("2.5bn", ["2.5", "bn"]),
        ("20–30", ["20", "30"]),
        ("1990s", ["1990s"]),
        ("S-400", ["s-400"]),
        ("S-400s", ["s-400"]),
        ("S‑400", ["s-400"]),
        ("S–400", ["s-400"]),
        ("(S-400)", ["s-400"]),
        ("Tu-95MS", ["tu-95ms"]),
        ("Il-78", ["il-78"]),
        ("Kh-47M2", ["kh-47m2"]),
        ("С-400", ["с-400"]),
        ("5G", ["5g"]),
    ],
)
def test_figures_and_designations_stay_whole(text: str, expected: list[str]) -> None:
    assert tokenise(text) == expected


def test_a_figure_is_not_found_by_a_part_of_it() -> None:
    assert not set(tokenise("240.1")) & set(tokenise("240 241.1 1"))
    assert not set(tokenise("S-400")) & set(tokenise("S-300 S 400"))
    assert not set(tokenise("8,500")) & set(tokenise("8 500 85.00"))


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("colour", "color"),
        ("neighbours", "neighbors"),
        ("neighbourhood", "neighborhood"),
        ("labour", "labor"),
        ("honoured", "honored"),
        ("organisation", "organization"),
        ("modernising", "modernizing"),
        ("defence", "defense"),
        ("offences", "offenses"),
        ("licence", "license"),
        ("centre", "center"),
        ("programmes", "programs"),
        ("roubles", "rubles"),
        ("travelled", "traveled"),
        ("modelling", "modeling"),
        ("cancelled", "canceled"),
        ("Behaviour", "behavior"),
    ],
)
def test_british_and_american_spellings_meet(british: str, american: str) -> None:
    assert tokenise(british) == tokenise(american)
    assert len(tokenise(british)) == 1


def test_words_that_only_look_like_a_spelling_stay_themselves() -> None:
    words = ["four", "hour", "island", "our", "is", "basis", "village", "all"]
    assert tokenise(" ".join(words)) == ["four", "hour", "island", "basi", "villag"]


@pytest.mark.parametrize(
    ("spellings", "token"),
    [
        (["US", "U.S.", "U. S.", "USA", "U.S.A.", "United States", "United States of America", "the US's", "American"], "usa"),
        (["Soviet Union", "USSR", "Soviets", "Soviet"], "soviet"),
        (["United Nations", "UN"], "un"),
        (["European Union", "EU"], "eu"),
        (["United Kingdom", "UK", "Britain", "Great Britain", "British"], "uk"),
        (["China", "China's", "Chinese", "PRC", "People's Republic of China", "People’s Republic of China"], "china"),
        (["Russia", "Russian", "Russian Federation", "Russia’s"], "russia"),
    ],
)  # fmt: skip
def test_an_actor_is_one_token_however_it_is_written(spellings: list[str], token: str) -> None:
    assert {spelling: tokenise(spelling) for spelling in spellings} == {spelling: [token] for spelling in spellings}


def test_actors_are_found_inside_a_sentence() -> None:
    assert tokenise("Sino-Russian ties and U.S.-led sanctions; the US left.") == [
        "china", "russia", "tie", "usa", "led", "sanction", "usa", "left",
    ]  # fmt: skip


def test_the_pronoun_us_is_not_the_united_states() -> None:
    assert tokenise("They told us.") == ["told"]


def test_russian_words_are_stemmed_as_russian() -> None:
    assert tokenise("договор договора договору договоры") == ["договор"] * 4
    assert tokenise("Соглашения и соглашение") == ["соглашен"] * 2


def test_chinese_becomes_pairs_of_characters() -> None:
    assert tokenise("中俄关系") == ["中俄", "俄关", "关系"]
    assert tokenise("俄") == ["俄"]
    assert tokenise("中俄，关系。") == ["中俄", "关系"]


@pytest.mark.parametrize(
    "text", ["", " \n\t", "the of and", "What was it?", "и в на", "a b c", "?!… — «»", "🙂🙂", "'s", "_ _"]
)
def test_a_text_without_content_has_no_tokens(text: str) -> None:
    assert tokenise(text) == []


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_tokens_are_clean_for_any_text(text: str) -> None:
    tokens = tokenise(text)
    assert tokens == tokenise(text)
    # Tokens are stored joined by single spaces, so none may hold a space or be empty.
    assert " ".join(tokens).split() == tokens


def test_threads_that_tokenise_at_once_get_what_one_thread_gets() -> None:
    texts = [
        f"The neighbours organised договоры о поставках {n},500 S-{n}s 中俄关系 generously running" for n in range(200)
    ]
    alone = [tokenise(text) for text in texts]
    barrier = threading.Barrier(8)
    results: list[list[list[str]]] = [[] for _ in range(8)]

    def work(number: int) -> None:
        barrier.wait()
        results[number] = [tokenise(text) for text in texts]

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [alone] * 8


TEXTS = [
    ["gas", "pipelin", "gas"],
    ["gas", "arm"],
    ["treati", "2001", "договор"],
    [],
    ["arm", "arm", "arm", "s-400", "中俄"],
]


@pytest.fixture
def make_index(tmp_path: Path) -> Callable[..., LexicalIndex]:
    def make(texts: list[list[str]] = TEXTS) -> LexicalIndex:
        LexicalIndex.build(texts, tmp_path / "lexical")
        return LexicalIndex(tmp_path / "lexical")

    return make


def bm25(texts: list[list[str]], query: list[str]) -> list[float]:
    """Lucene's BM25 with k1 = 1.2 and b = 0.75, written down once more."""
    average = sum(map(len, texts)) / len(texts)
    scores = [0.0] * len(texts)
    for token in set(query):
        held = sum(token in text for text in texts)
        idf = math.log(1 + (len(texts) - held + 0.5) / (held + 0.5))
        for row, text in enumerate(texts):
            times = text.count(token)
            scores[row] += idf * times / (times + 1.2 * (1 - 0.75 + 0.75 * len(text) / average)) if times else 0
    return scores


@pytest.mark.parametrize(
    "query", [["gas"], ["gas", "arm"], ["arm", "arm", "s-400", "nowhere"], ["договор", "中俄"], ["nowhere"], []]
)
def test_scores_equal_the_formula(make_index: Callable[..., LexicalIndex], query: list[str]) -> None:
    scores = make_index().scores(query)
    assert scores.dtype == np.float32
    assert scores.tolist() == pytest.approx(bm25(TEXTS, query), abs=1e-6)


def test_texts_that_match_nothing_are_left_out_and_k_is_a_limit(make_index: Callable[..., LexicalIndex]) -> None:
    index = make_index()
    wanted = sorted(((score, -row) for row, score in enumerate(bm25(TEXTS, ["gas", "arm"])) if score), reverse=True)
    best = [-row for _, row in wanted]
    assert len(best) == 3
    for k in (0, 1, 2, 3, 4, 100):
        assert [row for row, _ in index.search(["gas", "arm"], k)] == best[:k]
    assert [score for _, score in index.search(["gas", "arm"], 9)] == pytest.approx([s for s, _ in wanted])


def test_a_query_of_unknown_tokens_finds_nothing(make_index: Callable[..., LexicalIndex]) -> None:
    index = make_index()
    assert index.search(["nowhere", "400"], 5) == []
    assert index.search([], 5) == []
    assert not index.scores(["nowhere"]).any()
    assert index.knows("s-400")
    assert not index.knows("400")


def test_best_leaves_zeros_out_and_puts_equal_scores_in_row_order(make_index: Callable[..., LexicalIndex]) -> None:
    scores = np.array([0.5, 0, 2, 0.5, 0], dtype=np.float32)
    assert make_index().best(scores, 10) == [(2, 2.0), (0, 0.5), (3, 0.5)]
    assert make_index().best(np.zeros(5, dtype=np.float32), 10) == []


def test_idf_falls_with_the_number_of_texts_and_is_highest_for_the_unseen(
    make_index: Callable[..., LexicalIndex],
) -> None:
    index = make_index()
    assert index.idf("gas") == pytest.approx(math.log(1 + 3.5 / 2.5), abs=1e-6)
    assert index.idf("s-400") == pytest.approx(math.log(1 + 4.5 / 1.5), abs=1e-6)
    assert index.idf("nowhere") == index.unseen_idf == pytest.approx(math.log(1 + 5.5 / 0.5), abs=1e-6)
    assert index.idf("gas") < index.idf("s-400") < index.idf("nowhere")


def test_an_index_read_again_is_the_index_that_was_saved(
    make_index: Callable[..., LexicalIndex], tmp_path: Path
) -> None:
    first, again = make_index(), LexicalIndex(tmp_path / "lexical")
    assert first.size == again.size == len(TEXTS)
    for token in {token for text in TEXTS for token in text} | {"nowhere"}:
        assert first.scores([token]).tolist() == again.scores([token]).tolist()
        assert again.knows(token) == any(token in text for text in TEXTS)


def test_texts_without_any_token_are_indexed_and_never_found(make_index: Callable[..., LexicalIndex]) -> None:
    index = make_index([[], []])
    assert index.size == 2
    assert index.search(tokenise("China 2001 \x00 S-400"), 5) == []
    assert not index.knows("china")


words = st.sampled_from("abcdef")


@given(st.lists(st.lists(words, max_size=6), min_size=1, max_size=8), st.lists(words, max_size=4))
@settings(max_examples=40, deadline=None)
def test_search_ranks_any_texts_by_the_formula(
    tmp_path_factory: pytest.TempPathFactory, texts: list[list[str]], query: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("lexical")
    LexicalIndex.build(texts, folder)
    expected = bm25(texts, query)
    found = LexicalIndex(folder).search(query, 100)
    assert {row for row, _ in found} == {row for row, score in enumerate(expected) if score}
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert [score for _, score in found] == pytest.approx([expected[row] for row, _ in found], abs=1e-6)
