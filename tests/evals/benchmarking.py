"""What the tests of benchmarks write and make."""

import json
from pathlib import Path
from typing import Any


def write(folder: Path, name: str, *lines: Any) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path
