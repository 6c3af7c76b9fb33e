"""The small corpus of tests/conftest.py, indexed once for the tests of this room that only read it."""

import pytest

from bot.pipeline import Bot
from tests.small import make_bot


@pytest.fixture(scope="session")
def small_bot(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """A bot on the small corpus; nobody may write to its home."""
    return make_bot(tmp_path_factory.mktemp("small-bot"))
