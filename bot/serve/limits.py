"""How much one reader, one site and everybody together may ask. Counted by `limits`, in memory unless a storage is named.

A reader is an address: an IPv4 address or the /64 network of an IPv6 one, which a single household holds. Addresses are
counted under a keyed hash, so that no storage ever holds one.
"""

import hashlib
import hmac
import ipaddress
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.server_settings import ServerSettings
from corpus.errors import AmurError, RequestError, SettingsError

if TYPE_CHECKING:
    from limits import RateLimitItem

Kind = Literal["answer", "feedback"]
_WHOSE = {
    "reader": "from your address",
    "site": "from this site",
    "server": "on this server",
    "feedback": "of feedback from your address",
}


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks: the address, and the other site that the request comes from, if one."""

    address: str
    site: str | None = None


class Limits:
    """Counts requests and refuses those that are too many."""

    def __init__(self, settings: ServerSettings, secret: str) -> None:
        """Open the storage.

        Raises:
            SettingsError: the storage cannot be used.
        """
        from limits import parse_many
        from limits.errors import ConfigurationError
        from limits.storage import storage_from_string
        from limits.strategies import MovingWindowRateLimiter

        self._secret = secret.encode()
        self._items = {
            name: parse_many(value) if value.strip() else []
            for name, value in (
                ("reader", settings.limit_reader),
                ("site", settings.limit_site),
                ("server", settings.limit_server),
                ("feedback", settings.limit_feedback),
            )
        }
        try:
            storage = storage_from_string(settings.limits_storage, wrap_exceptions=True)
            self._window = MovingWindowRateLimiter(storage)
        except (ConfigurationError, ImportError, NotImplementedError, ValueError) as error:
            raise SettingsError(
                f"The setting 'limits_storage' (AMUR_LIMITS_STORAGE) cannot be used ({error}); name memory:// or another "
                "storage of the limits library with moving windows, such as redis://localhost:6379"
            ) from error

    def spend(self, kind: Kind, caller: Caller) -> None:
        """Count one request.

        Raises:
            RequestError: 429; it says what is spent and when to come back. Nothing is counted then.
            AmurError: the storage cannot be reached.
        """
        from limits.errors import StorageError

        try:
            self._spend(kind, caller)
        except StorageError as error:
            raise AmurError("The store in which requests are counted cannot be reached; try again later.") from error

    def _spend(self, kind: Kind, caller: Caller) -> None:
        spent = [(whose, item, key) for whose, key in self._keys(kind, caller) for item in self._items[whose]]
        for whose, item, key in spent:
            if not self._window.test(item, whose, key):
                raise self._refusal(whose, item, key)
        for whose, item, key in spent:
            if not self._window.hit(item, whose, key):  # another request was faster
                raise self._refusal(whose, item, key)

    def _keys(self, kind: Kind, caller: Caller) -> list[tuple[str, str]]:
        reader = hmac.new(self._secret, _network(caller.address).encode(), hashlib.sha256).hexdigest()[:24]
        if kind == "feedback":
            return [("feedback", reader)]
        return [("reader", reader), *([("site", caller.site)] if caller.site else []), ("server", "all")]

    def _refusal(self, whose: str, item: "RateLimitItem", key: str) -> RequestError:
        seconds = max(math.ceil(self._window.get_window_stats(item, whose, key).reset_time - time.time()), 1)
        return RequestError(
            f"Too many requests {_WHOSE[whose]}: at most {item.amount} in {_span(item.get_expiry())}; try again in {_span(seconds)}.",
            status=429,
            code="too_many",
            retry_after=seconds,
        )


def _network(address: str) -> str:
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def _span(seconds: int) -> str:
    for unit, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= unit and seconds % unit == 0:
            return f"{seconds // unit} {name}{'s' if seconds > unit else ''}"
    if seconds > 120:
        return f"{math.ceil(seconds / 60)} minutes"
    return f"{seconds} s"
