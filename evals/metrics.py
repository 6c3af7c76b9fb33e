"""The measures: their names, what they mean, how they are shown. docs/evals.md defines each, and a test holds the two together."""

from dataclasses import dataclass

GROUPS = ("answers", "citations", "retrieval", "abstention", "perspective", "judged", "cost")


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One measure. `better` is +1 if higher is better, -1 if lower is, 0 if it is neither; `form` is how a value is printed."""

    name: str
    group: str
    meaning: str
    better: int = 1
    form: str = ".3f"

    def show(self, value: float | None) -> str:
        """Return the value as it is printed; a measure that makes no sense for the cases at hand is "-"."""
        return "-" if value is None else format(value, self.form)


METRICS = {
    m.name: m
    for m in (
        Metric(
            name="truthfulness",
            group="answers",
            form="+.3f",
            meaning="mean of +1 right, 0 partly right or declined, −1 wrong or bluffed",
        ),
        Metric(name="nuggets", group="answers", meaning="share of vital nuggets that the answer states"),
        Metric(
            name="all nuggets", group="answers", meaning="share of all nuggets, vital or not, that the answer states"
        ),
        Metric(
            name="full", group="answers", meaning="share of answerable cases with every vital nugget and no must_not"
        ),
        Metric(name="must_not", group="answers", better=-1, meaning="share of answers that say what they must not"),
        Metric(name="ROUGE-L", group="answers", meaning="longest common subsequence with the reference answer, F1"),
        Metric(name="token F1", group="answers", meaning="words shared with the reference answer, F1"),
        Metric(name="words", group="answers", better=0, form=".0f", meaning="words of an answer, abstentions left out"),
        Metric(
            name="characters",
            group="answers",
            better=0,
            form=".0f",
            meaning="characters of an answer, abstentions left out",
        ),
        Metric(
            name="verbatim", group="citations", meaning="share of quotes that stand in their document at their offsets"
        ),
        Metric(
            name="citation recall", group="citations", meaning="share of statements that their citations support (ALCE)"
        ),
        Metric(
            name="citation precision",
            group="citations",
            meaning="share of citations that their statement needs for support (ALCE)",
        ),
        Metric(
            name="gold recall", group="citations", meaning="share of vital nuggets that a cited span of evidence bears"
        ),
        Metric(name="gold precision", group="citations", meaning="share of citations that bear a nugget of the case"),
        Metric(
            name="right document",
            group="citations",
            meaning="share of cases whose citations name a document with evidence",
        ),
        Metric(name="evidence recall@1", group="retrieval", meaning="share of vital nuggets inside the first passage"),
        Metric(
            name="evidence recall@5", group="retrieval", meaning="share of vital nuggets inside the first 5 passages"
        ),
        Metric(
            name="evidence recall@10", group="retrieval", meaning="share of vital nuggets inside the first 10 passages"
        ),
        *(
            Metric(name=f"{level} {measure}", group="retrieval", meaning=f"{meaning}, {level}s")
            for level in ("document", "passage")
            for measure, meaning in (
                ("recall@5", "share of the relevant ones among the first 5"),
                ("recall@10", "share of the relevant ones among the first 10"),
                ("success@1", "share of cases whose first one is relevant"),
                ("success@5", "share of cases with a relevant one among the first 5"),
                ("RR", "1 / rank of the first relevant one"),
                ("nDCG@10", "graded gain of the first 10 over the best order's"),
            )
        ),
        Metric(name="abstained", group="abstention", better=0, meaning="share of cases on which the system abstained"),
        Metric(
            name="AUROC", group="abstention", meaning="chance that a right answer has more confidence than a wrong one"
        ),
        Metric(name="AURC", group="abstention", better=-1, meaning="area under the risk–coverage curve"),
        Metric(name="ECE", group="abstention", better=-1, meaning="expected calibration error of confidence, ten bins"),
        Metric(
            name="coverage at 10 % risk",
            group="abstention",
            meaning="most that can be answered with at most one answer in ten wrong",
        ),
        Metric(
            name="two voices",
            group="perspective",
            meaning="share of answers to contested questions that rest on two perspectives or more",
        ),
        Metric(
            name="pairs agree",
            group="perspective",
            meaning="share of groups of cases whose answers state the same nuggets",
        ),
        Metric(
            name="faithfulness",
            group="judged",
            meaning="how far the judge finds statements backed by their own quotes: full 1, partial ½, none 0",
        ),
        Metric(
            name="judged citation recall",
            group="judged",
            meaning="share of statements that the judge finds fully backed by their quotes together (ALCE)",
        ),
        Metric(
            name="judged citation precision",
            group="judged",
            meaning="share of citations that their statement needs for the judge to find it fully backed (ALCE)",
        ),
        Metric(
            name="relevance", group="judged", meaning="how far the answer addresses the question, by the judge, 0 to 1"
        ),
        Metric(
            name="nugget support",
            group="judged",
            meaning="share of vital nuggets that the judge finds in the answer, partial ½",
        ),
        Metric(name="seconds", group="cost", better=-1, form=".3f", meaning="seconds an answer takes, median"),
        Metric(
            name="seconds p95", group="cost", better=-1, form=".3f", meaning="seconds an answer takes, 95th percentile"
        ),
        Metric(
            name="written",
            group="cost",
            better=0,
            meaning="share of the answers a chat model was asked for that it wrote",
        ),
        Metric(
            name="tokens read", group="cost", better=-1, form=".0f", meaning="tokens a chat model read for an answer"
        ),
        Metric(
            name="tokens written",
            group="cost",
            better=-1,
            form=".0f",
            meaning="tokens a chat model wrote for an answer",
        ),
        Metric(name="errors", group="cost", better=-1, form=".0f", meaning="cases on which the system raised an error"),
    )
}
