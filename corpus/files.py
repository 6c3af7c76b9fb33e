"""Write a file so that a reader, or a crash, sees either the old content or the new, never half of it."""

import os
from pathlib import Path

TEMPORARY = ".tmp"
"""How the name of a half-written file ends; no reader takes such a file for a document, a manifest or a tombstone."""


def write_whole(path: Path, text: str) -> None:
    """Replace a file's content in one step: temporary file, flush to disk, rename."""
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:  # a full disk: what was written of it must not stay
        temporary.unlink(missing_ok=True)
        raise
