"""Web addresses of documents: which may be fetched, in their one spelling. One parser reads them for the check and the visit."""

from dataclasses import dataclass
from urllib.parse import unquote

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from corpus.errors import CorpusError

PORTS = {"http": 80, "https": 443}
MAX_URL = 2_000


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a fetch may cost and where it may go. `size` is bytes, packed and unpacked; `seconds` is for everything together."""

    size: int = 20 * 2**20
    seconds: float = 30.0
    redirects: int = 5
    ports: frozenset[int] = frozenset({80, 443})


def checked_url(url: str, rules: Rules | None = None, *, loopback: bool = False, of: str = "") -> Url:
    """Return the parts of an address that may be fetched, in their one spelling and without a fragment.

    Raises:
        CorpusError: it is no http(s) address, names a user, or goes to a port that is not allowed.
    """
    rules = rules or Rules()
    source = f"{of!r} redirects to an address that is refused" if of else "It is refused"
    try:
        if len(url) > MAX_URL or any(c.isspace() or not c.isprintable() for c in url):
            raise ValueError
        parts = parse_url(url)
    except (LocationParseError, ValueError):
        raise CorpusError(f"{url[:100]!r} is no address of a document; give one that begins with https://") from None
    shown = Url(scheme=parts.scheme, host=parts.host, port=parts.port, path=parts.path).url
    if parts.scheme not in PORTS or not parts.host:
        raise CorpusError(f"{source}: {shown[:100]!r} is neither http nor https; give a web address")
    if parts.auth is not None:
        raise CorpusError(f"{source}: {shown[:100]!r} has a user name or password in it; take that out")
    port = parts.port or PORTS[parts.scheme]
    if port not in rules.ports and not loopback:
        allowed = ", ".join(map(str, sorted(rules.ports)))
        raise CorpusError(f"{source}: {shown[:100]!r} goes to port {port}, not {allowed}; allow it with --allow-port")
    kept = None if port == PORTS[parts.scheme] else port
    return Url(scheme=parts.scheme, host=parts.host, port=kept, path=parts.path or "/", query=parts.query)


def name_of(url: str) -> str:
    """Return the last part of an address's path, as a file name would be."""
    return unquote((parse_url(url).path or "").rstrip("/").rsplit("/", 1)[-1])
