"""The small corpus behind one real server, shared by the tests of this folder."""

from collections.abc import Iterator

import httpx
import pytest

from bot.pipeline import Bot
from tests.bot.serve.running import ALLOWED, serving
from tests.small import make_bot


@pytest.fixture(scope="session")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """A bot on the small corpus that allows two other sites."""
    return make_bot(
        tmp_path_factory.mktemp("serve"),
        allowed_origins=", ".join(ALLOWED),
        allowed_hosts="amur.example.org *.amur.test",
    )


@pytest.fixture(scope="session")
def address(bot: Bot) -> Iterator[str]:
    """The address of a running server."""
    with serving(bot) as address:
        yield address


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    """A client of the running server."""
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client
