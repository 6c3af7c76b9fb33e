"""Building: what is written, what is embedded again, generations that come and go."""

import shutil
from pathlib import Path

import pytest

from corpus.documents import load_corpus
from corpus.tombstones import bury, dig_up
from index.build import up_to_date
from index.check import check_store
from index.lexical import tokenise
from index.manifest import FORMAT, index_folder
from index.settings import IndexSettings
from index.store import Store, open_store
from index.texts import StoredChunk
from tests.conftest import DOCUMENTS, REFERENCES
from tests.fakes import BagOfWords
from tests.index.building import answers, build, generations


def chunks_of(store: Store) -> list[StoredChunk]:
    return list(store.texts.chunks(range(store.manifest.chunks)).values())


def embedded_texts(store: Store) -> set[str]:
    """Every text that the index of a store needs a vector for."""
    texts = {s.text for s in store.texts.sentences(range(store.manifest.sentences)).values()}
    for chunk in chunks_of(store):
        document = store.document(chunk.document_id)
        assert document is not None
        texts.add(f"{chunk.header}\n{document.text[chunk.source_start : chunk.source_end]}")
    return texts


def test_the_manifest_says_what_was_built_from_and_with(settings: IndexSettings) -> None:
    report = build(settings, BagOfWords("weights-7"))
    manifest, store = report.manifest, open_store(settings)
    corpus = load_corpus(settings.folders)
    assert report.built
    assert store.manifest == manifest
    assert manifest.format == FORMAT
    assert (manifest.embedding_model, manifest.embedding_revision, manifest.dimension) == (
        "bag-of-words",
        "weights-7",
        256,
    )
    assert (manifest.corpus_revision, manifest.as_of, manifest.languages) == (corpus.revision, "2024-05-01", ("en",))
    assert (manifest.documents, manifest.chunks, manifest.sentences) == store.texts.counts()
    assert manifest.documents == len(corpus.documents) == 3
    assert manifest.sentences == sum(len(d.sentences) for d in corpus.documents)
    assert store.vector_counts() == {"passages": manifest.chunks, "sentences": manifest.sentences}
    assert store.folder == index_folder(settings) / manifest.generation
    assert generations(settings) == {manifest.generation}


@pytest.mark.parametrize(("chunk_tokens", "window"), [(32, 32), (64, 64), (500, BagOfWords.max_tokens)])
def test_a_chunk_is_never_longer_than_the_setting_or_the_model_allows(
    settings: IndexSettings, chunk_tokens: int, window: int
) -> None:
    manifest = build(settings.model_copy(update={"chunk_tokens": chunk_tokens})).manifest
    assert (manifest.chunk_tokens, manifest.max_tokens) == (chunk_tokens, window)


def test_the_languages_of_the_documents_are_in_the_manifest(settings: IndexSettings, corpus_folder: Path) -> None:
    (corpus_folder / "ru.md").write_text("---\nlanguage: ru-RU\n---\n\nДоговор подписан в Москве.\n", encoding="utf-8")
    assert build(settings).manifest.languages == ("en", "ru")


def test_what_is_embedded_is_each_sentence_and_each_chunk_with_its_header(settings: IndexSettings) -> None:
    embedder = BagOfWords()
    report = build(settings, embedder)
    assert len(embedder.embedded) == len(set(embedder.embedded)) == report.embedded
    assert set(embedder.embedded) == embedded_texts(open_store(settings))
    assert (
        "The treaty › Extension\nChina and Russia extended the friendship treaty for five years in June 2021."
        in embedder.embedded
    )


def test_words_are_searched_in_the_text_and_in_the_header(settings: IndexSettings) -> None:
    build(settings)
    store = open_store(settings)

    def found(words: str) -> set[str]:
        rows = [row for row, _ in store.lexical.search(tokenise(words), 9)]
        return {chunk.header for chunk in store.texts.chunks(rows).values()}

    assert store.lexical.size == store.manifest.chunks
    assert found("five years") == {"The treaty › Extension"}
    assert found("Extension") == {"The treaty › Extension"}
    assert found("treaty") == {"The treaty", "The treaty › Extension"}
    assert found("Peru") == set()


def test_an_index_that_is_up_to_date_is_left_alone(settings: IndexSettings) -> None:
    first = build(settings)
    embedder = BagOfWords()
    steps: list[str] = []
    second = build(settings, embedder, progress=lambda what, done, total: steps.append(what))
    assert not second.built
    assert second.manifest == first.manifest
    assert (embedder.embedded, steps) == ([], [])
    assert generations(settings) == {first.manifest.generation}
    assert up_to_date(settings, load_corpus(settings.folders)) == first.manifest


def test_force_builds_a_new_generation_from_the_cache(settings: IndexSettings) -> None:
    first = build(settings)
    embedder = BagOfWords()
    second = build(settings, embedder, force=True)
    assert second.built
    assert second.manifest.generation != first.manifest.generation
    assert open_store(settings).manifest == second.manifest
    assert (embedder.embedded, second.embedded, second.reused) == ([], 0, first.embedded)


def test_only_what_changed_is_embedded_again(settings: IndexSettings, corpus_folder: Path) -> None:
    first = build(settings)
    before = embedded_texts(open_store(settings))
    with (corpus_folder / "treaty.md").open("a", encoding="utf-8") as file:
        file.write("\nThe treaty of 2001 is now in force until 2026.\n")
    embedder = BagOfWords()
    report = build(settings, embedder)
    extended = "China and Russia extended the friendship treaty for five years in June 2021."
    assert sorted(embedder.embedded) == sorted(
        [
            "The treaty of 2001 is now in force until 2026.",
            f"The treaty › Extension\n{extended}\n\nThe treaty of 2001 is now in force until 2026.",
        ]
    )
    assert (report.embedded, report.reused) == (2, len(before) - 1)
    assert set(embedder.embedded) == embedded_texts(open_store(settings)) - before
    assert report.manifest.corpus_revision != first.manifest.corpus_revision
    assert report.manifest.sentences == first.manifest.sentences + 1
    assert answers(open_store(settings), "Until when is the treaty in force?") == "treaty"


def test_a_new_title_embeds_chunks_again_and_sentences_not(settings: IndexSettings, corpus_folder: Path) -> None:
    build(settings)
    path = corpus_folder / "treaty.md"
    path.write_text(path.read_text().replace("title: The treaty", "title: The pact"), encoding="utf-8")
    embedder = BagOfWords()
    assert build(settings, embedder).built
    assert [text.split("\n")[0] for text in embedder.embedded] == ["The pact", "The pact › Extension"]


def test_another_reference_builds_a_new_index_without_embedding(settings: IndexSettings, corpus_folder: Path) -> None:
    build(settings)
    (corpus_folder / "references.json").write_text(REFERENCES.replace("Treaty text", "Full text"), encoding="utf-8")
    report = build(settings)
    assert (report.built, report.embedded) == (True, 0)
    assert open_store(settings).texts.references(["pact"])["pact"].title == "Full text"


def test_a_changed_question_is_taken_in_without_embedding(settings: IndexSettings, corpus_folder: Path) -> None:
    build(settings)
    path = corpus_folder / "treaty.md"
    path.write_text(path.read_text().replace("When was the treaty signed?", "Who signed the treaty?"), encoding="utf-8")
    report = build(settings)
    assert (report.built, report.embedded) == (True, 0)
    assert [s.question for s in open_store(settings).suggestions] == ["Who signed the treaty?"]


def test_other_settings_build_a_new_index(settings: IndexSettings) -> None:
    build(settings)
    smaller = settings.model_copy(update={"chunk_tokens": 32})
    assert up_to_date(smaller, load_corpus(settings.folders)) is None
    assert build(smaller).built
    assert open_store(smaller).manifest.chunk_tokens == 32


def test_other_weights_reuse_no_vector(settings: IndexSettings) -> None:
    first = build(settings)
    second = build(settings, BagOfWords("2"), force=True)
    assert (second.embedded, second.reused) == (first.embedded, 0)
    assert second.manifest.embedding_revision == "2"


def test_a_removed_document_is_not_in_the_next_generation(settings: IndexSettings) -> None:
    build(settings)
    assert open_store(settings).document("treaty") is not None
    bury(settings, ["treaty"])
    report = build(settings)
    store = open_store(settings)
    assert (report.built, report.embedded, report.manifest.documents) == (True, 0, 2)
    assert store.document("treaty") is None
    assert store.suggestions == []
    assert "treaty" not in {c.document_id for c in chunks_of(store)}
    assert not store.lexical.knows("friendship")
    assert answers(store) != "treaty"
    assert report.manifest.as_of == "2023-01-01"
    for file in store.folder.rglob("*"):
        # hnswlib saves whole blocks of memory, used or not: its files may hold what stood there before, such as this test's words.
        if file.is_file() and file.suffix != ".bin":
            assert b"friendship treaty" not in file.read_bytes(), file


def test_a_document_dug_up_is_back_without_embedding(settings: IndexSettings) -> None:
    first = build(settings)
    bury(settings, ["treaty"])
    build(settings)
    dig_up(settings, ["treaty"])
    report = build(settings)
    assert (report.built, report.embedded) == (True, 0)
    assert report.manifest.corpus_revision == first.manifest.corpus_revision
    assert answers(open_store(settings)) == "treaty"


def test_old_generations_are_pruned_to_two(settings: IndexSettings) -> None:
    made = [build(settings, force=True).manifest.generation for _ in range(4)]
    left = generations(settings)
    assert len(left) == 2
    assert made[-1] in left
    assert left <= set(made)
    check_store(open_store(settings))


def test_what_killed_builds_left_is_removed(settings: IndexSettings) -> None:
    first = build(settings).manifest.generation
    for name in ("20200101T000000-1-000001", "29990101T000000-1-000001"):
        shutil.copytree(index_folder(settings) / first, index_folder(settings) / name)
        (index_folder(settings) / name / "manifest.json").unlink()
    (index_folder(settings) / "current.tmp").write_text("half")
    second = build(settings, force=True).manifest.generation
    assert generations(settings) == {first, second}
    check_store(open_store(settings))


def test_an_open_store_keeps_answering_through_one_rebuild(settings: IndexSettings, corpus_folder: Path) -> None:
    build(settings)
    old = open_store(settings)
    (corpus_folder / "ice.txt").write_text("The Harbin ice festival was opened in January 1985.", encoding="utf-8")
    build(settings)
    assert answers(old) == "treaty"
    assert old.document("ice") is None
    check_store(old)
    assert answers(open_store(settings), "When was the ice festival opened?") == "ice"


def test_everything_is_written_under_the_home(settings: IndexSettings, tmp_path: Path) -> None:
    before = {p for p in tmp_path.rglob("*") if p.is_file()}
    build(settings)
    new = {p.relative_to(settings.home).parts[0] for p in tmp_path.rglob("*") if p.is_file() and p not in before}
    assert new == {"index", "cache"}


def test_a_home_with_an_odd_name_works(settings: IndexSettings, tmp_path: Path) -> None:
    odd = settings.model_copy(update={"home": tmp_path / "my home #1 %41 ? é 中"})
    build(odd)
    check_store(open_store(odd))
    assert answers(open_store(odd)) == "treaty"


def test_progress_goes_up_to_the_end_in_every_stage(settings: IndexSettings) -> None:
    steps: list[tuple[str, int, int]] = []
    manifest = build(settings, progress=lambda *step: steps.append(step)).manifest
    rows = manifest.chunks + manifest.sentences
    assert list(dict.fromkeys(what for what, _, _ in steps)) == [
        "Loading the embedding model",
        "Embedding",
        "Writing",
        "Checking",
    ]
    for what, total in (("Embedding", rows), ("Writing", rows), ("Checking", manifest.documents)):
        done = [d for w, d, _ in steps if w == what]
        assert done == sorted(done)
        assert (done[0], done[-1]) == (0, total)
        assert {t for w, _, t in steps if w == what} == {total}


def test_the_small_corpus_is_what_these_tests_think_it_is(settings: IndexSettings) -> None:
    build(settings)
    store = open_store(settings)
    assert {d.id for d in store.texts.documents()} == {Path(name).stem for name in DOCUMENTS}
    assert answers(store) == "treaty"
