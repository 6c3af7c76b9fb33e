"""One question under the glass: what each stage made of it, with every number the decision rests on."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.abstain import signals
from bot.pipeline import Bot
from bot.records import Answer, Candidate, Query
from evals.cases import Case
from evals.trace import trace

Looked = dict[str, Any]  # Any: JSON values


def look_at(bot: Bot, question: str, count: int) -> Looked:
    """Return what every stage made of a question, ready for JSON, with the first `count` passages and sentences."""
    from bot.extract import quotable

    traced = trace(bot, Case(id="try", question=question, kind="try", answerable=False))
    query, retrieved, answer = traced.query, traced.retrieved, traced.answer
    ranked = quotable(retrieved)
    return {
        "question": question,
        "query": query.query,
        "language": query.language,
        "asked": _asked(query),
        "reply": query.reply,
        "passages": [
            {
                "rank": p.rank,
                "document_id": p.chunk.document_id,
                "header": p.chunk.header,
                "score": p.score,
                "similarity": p.similarity,
                "sentence_similarity": p.sentence_similarity,
                "lexical": p.lexical,
            }
            for p in retrieved.passages[:count]
        ],
        "sentences": [_sentence(c, answer) for c in ranked[:count]],
        "features": signals(query, ranked),
        "confidence": answer.confidence,
        "decided_by": bot.decided_by,
        "threshold": bot.threshold,
        "abstained": answer.abstained,
        "answer": answer.answer,
        "problems": [asdict(p) for p in answer.problems],
        "seconds": dict(answer.seconds),
    }


def _asked(query: Query) -> Looked:
    """Return what the question asks for; words that only an earlier question holds are named as carried over."""
    asked = query.asked
    return {
        "kind": asked.kind,
        "tokens": list(asked.tokens),
        "carried": [t for t in asked.tokens if t not in asked.own],
        "forms": {token: sorted(forms) for token, forms in asked.forms.items()},
        "years": list(asked.years),
        "span": list(asked.span) if asked.span else [],
        "designations": list(asked.designations),
        "numbers": list(asked.numbers),
        "names": list(asked.names),
        "parts": asked.parts,
        "wants": sorted(asked.wants),
    }


def _sentence(candidate: Candidate, answer: Answer) -> Looked:
    s = candidate.sentence
    return {
        "document_id": s.document_id,
        "text": s.text,
        "date": s.date,
        "score": candidate.score,
        "similarity": candidate.similarity,
        "coverage": candidate.coverage,
        "missing": list(candidate.missing),
        "missing_names": list(candidate.missing_names),
        "quoted": any(
            c.document_id == s.document_id and c.source_start <= s.source_start and s.source_end <= c.source_end
            for c in answer.citations
        ),
    }


def as_text(found: Mapping[str, Any]) -> str:
    """Return what was seen as a person reads it in a terminal."""
    asked = {name: value for name, value in found["asked"].items() if value and (name, value) != ("parts", 1)}
    lines = [f"query      {found['query']}", f"language   {found['language']}"]
    lines += [f"asks for   {', '.join(f'{n}: {_plain(v)}' for n, v in asked.items())}", ""]
    lines += ["passages            score  passage  sentence   BM25"]
    lines += [
        f"  {p['rank']:>2} {p['score']:>20.3f}{p['similarity']:>9.3f}{p['sentence_similarity']:>10.3f}{p['lexical']:>7.2f}"
        f"  {p['document_id']} › {p['header'][:60]}"
        for p in found["passages"]
    ]
    lines += ["", "sentences (* quoted)    score  cosine  coverage"]
    for s in found["sentences"]:
        lacks = ", ".join([*s["missing"], *s["missing_names"]])
        lines.append(
            f"  {'*' if s['quoted'] else ' '} {s['score']:>22.3f}{s['similarity']:>8.3f}{s['coverage']:>10.2f}  {s['text'][:110]}"
            + (f"  [lacks {lacks}]" if lacks else "")
        )
    lines += ["", "features   " + ", ".join(f"{name} {value:.3f}" for name, value in found["features"].items())]
    decision = "abstains" if found["abstained"] else "answers"
    lines += [
        f"confidence {found['confidence']:.3f} by {found['decided_by']}, threshold {found['threshold']:.3f}: {decision}",
        "",
        found["answer"],
    ]
    return "\n".join(lines)


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name} = {_plain(inner)}" for name, inner in value.items())
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
