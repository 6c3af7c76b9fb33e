"""The widget's token: signed, bound to the origin it was given to, and good for minutes.

It stops a page of another site from using this server through its readers' browsers. It stops no script, which can claim any
origin and fetch a token like the widget does; limits do that.
"""

import hashlib
import os
import secrets

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from bot.server_settings import ServerSettings
from corpus.errors import RequestError

SECRET_FILE = "secret.key"
HEADER = "X-Amur-Token"


class Tokens:
    """Gives tokens and checks them."""

    def __init__(self, secret: str, seconds: int) -> None:
        self.seconds = seconds
        self._signer = URLSafeTimedSerializer(
            secret, salt="amur-widget", signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
        )

    def give(self, origin: str) -> str:
        """Return a token for a site."""
        return str(self._signer.dumps(origin))

    def check(self, token: str | None, origin: str) -> None:
        """Pass a token that was given to this site not long ago.

        Raises:
            RequestError: 403, with a code that says whether a new token helps.
        """
        if not token:
            raise _refused("token_missing", f"A request from {origin!r} needs the header {HEADER}")
        try:
            given_to = self._signer.loads(token, max_age=self.seconds)
        except SignatureExpired as error:
            raise _refused("token_expired", f"The token of {origin!r} is older than {self.seconds} s") from error
        except BadSignature as error:
            raise _refused("token_invalid", f"The token of {origin!r} was not given by this server") from error
        if given_to != origin:
            raise _refused("token_invalid", f"The token sent from {origin!r} was given to another site")


def read_secret(settings: ServerSettings) -> str:
    """Return the secret that tokens are signed with: the setting, else one that is made once and kept in the home folder,
    so that several workers share it; where nothing can be written, one for this process alone."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = settings.home / SECRET_FILE
    made = secrets.token_urlsafe(32)
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        # Written whole under another name and then linked: of two workers that start at once, both read the same secret.
        draft = path.with_name(f"{SECRET_FILE}.{secrets.token_hex(4)}.tmp")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(made)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text(encoding="utf-8").strip() or made
    except OSError:
        return made


def _refused(code: str, what: str) -> RequestError:
    return RequestError(f"{what}; POST /api/v1/token gives one.", status=403, code=code)
