"""A fitted model of confidence: which index and settings it was made for, and what it says of an answer's features.

`amur eval calibrate` fits one (a logistic regression) and writes it to `AMUR_HOME/calibration.json`; the shipped one, for the
shipped texts, is `bot/calibration.json`. One made for another index, other settings or another version of the code that answers
is never used: the rule of `bot.abstain` decides then.
"""

import hashlib
import json
import math
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pydantic import FiniteFloat, TypeAdapter

from bot.settings import ANSWERS_VERSION, Settings
from corpus.errors import SettingsError
from corpus.files import write_whole
from index.manifest import Manifest

SHIPPED = Path(__file__).parent / "calibration.json"
FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Confidence = 1 / (1 + exp(−(intercept + Σ weight · (feature − mean) / scale))); an answer needs `threshold` of it.

    `made_for` is the index and the settings; `cases_hash` and `cases` say what it was fitted on, `measured` how well it did on
    cases it was not fitted on (cross-validation).
    """

    features: tuple[str, ...]
    mean: tuple[FiniteFloat, ...]
    scale: tuple[FiniteFloat, ...]
    weights: tuple[FiniteFloat, ...]
    intercept: FiniteFloat
    threshold: FiniteFloat
    made_for: Mapping[str, Any]  # Any: JSON values
    made: str
    cases_hash: str
    cases: int
    measured: Mapping[str, float] = field(default_factory=dict)
    format: int = FORMAT

    def confidence(self, values: Mapping[str, float]) -> float:
        """Return the confidence, 0 to 1, for the features of an answer; all that the model knows must be there."""
        rows = zip(self.features, self.mean, self.scale, self.weights, strict=True)
        total = self.intercept + sum(weight * (values[name] - mean) / scale for name, mean, scale, weight in rows)
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))

    @property
    def hash(self) -> str:
        """A hash of everything in it that can change an answer."""
        kept = (self.features, self.mean, self.scale, self.weights, self.intercept, self.threshold)
        return hashlib.sha256(json.dumps(kept).encode()).hexdigest()[:12]


def identity(manifest: Manifest, settings: Settings) -> dict[str, Any]:  # Any: JSON values
    """Return what a calibration is bound to: the texts, the vectors, the settings of the search, the code that answers."""
    return {
        "corpus_revision": manifest.corpus_revision,
        "embedding_revision": manifest.embedding_revision,
        "chunk_tokens": manifest.chunk_tokens,
        "k": settings.k,
        "fetch_k": settings.fetch_k,
        "answers_version": ANSWERS_VERSION,
        **({"reranker": settings.reranker} if settings.reranker else {}),
    }


def calibration_file(settings: Settings) -> Path:
    """Return where a calibration of the person's own is kept."""
    return settings.home / "calibration.json"


def find_calibration(
    manifest: Manifest, settings: Settings, known: Collection[str] | None = None
) -> Calibration | None:
    """Return the calibration made for exactly this index and these settings: the person's own, else the shipped one, else None.

    Args:
        manifest: of the index.
        settings: of the search.
        known: the features there are; a calibration that asks for others was made by another version.
    """
    wanted = identity(manifest, settings)
    for path in (calibration_file(settings), SHIPPED):
        if path.is_file():
            found = read_calibration(path)
            if dict(found.made_for) == wanted and (known is None or set(found.features) <= set(known)):
                return found
    return None


def read_calibration(path: Path) -> Calibration:
    """Read a calibration.

    Raises:
        SettingsError: the file is not one of this version; the message says what mends it.
    """
    try:
        found = TypeAdapter(Calibration).validate_json(path.read_bytes())
        if found.format != FORMAT:
            raise ValueError(f"format {found.format!r}, this version reads {FORMAT}")
        if len({len(found.features), len(found.mean), len(found.scale), len(found.weights)}) != 1:
            raise ValueError("features, mean, scale and weights differ in length")
        if 0 in found.scale:
            raise ValueError("a scale is 0")
    except (OSError, ValueError) as error:  # pydantic's ValidationError is a ValueError
        reason = " ".join(str(error).split())[:160]
        raise SettingsError(
            f"The calibration {str(path)!r} cannot be used ({reason}); remove it or make a new one: amur eval calibrate"
        ) from error
    return found


def write_calibration(calibration: Calibration, path: Path) -> None:
    """Write a calibration whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(asdict(calibration), indent=1) + "\n")
