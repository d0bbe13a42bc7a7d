"""The connection to the engine. The only module that imports opensearchpy; its errors become this program's here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from opensearchpy import OpenSearch, OpenSearchException
from opensearchpy.exceptions import (
    AuthenticationException,
    AuthorizationException,
    ConnectionTimeout,
    NotFoundError,
    TransportError,
)
from opensearchpy.exceptions import (
    ConnectionError as EngineConnectionError,
)

from casefile.errors import EnvironmentFault
from casefile.instance import opensearch_remedy, opensearch_url
from casefile.settings import Settings
from casefile.wording import caused

T = TypeVar("T")


class Patience(NamedTuple):
    """How long one request may take. A connection that fails is tried again so often, a request in time-out never."""

    seconds: int
    retries: int


PEOPLE = Patience(4, 0)  # whoever looks at a screen knows within five seconds
COMMAND = Patience(30, 2)
BULK = Patience(120, 2)


class EngineClient:
    """One connection, with the account that reads only or the one that also writes."""

    def __init__(self, settings: Settings, patience: Patience, *, writes: bool) -> None:
        self._settings = settings
        self._client = _connect(settings, patience, writes=writes)

    def close(self) -> None:
        self._client.close()

    def call(self, request: Callable[[OpenSearch], T]) -> T:
        """Run one request; its failures become environment faults with a stable code."""
        try:
            return request(self._client)
        except ConnectionTimeout as error:
            raise engine_fault("engine_slow", "Die Suchmaschine antwortet nicht rechtzeitig.") from error
        except EngineConnectionError as error:
            remedy = opensearch_remedy(self._settings)
            raise engine_fault("engine_down", "Die Suchmaschine ist nicht erreichbar.", remedy) from error
        except (AuthenticationException, AuthorizationException) as error:
            remedy = "Konto und Kennwort prüfen (AKTENSUCHE_OPENSEARCH_USER, AKTENSUCHE_OPENSEARCH_READER)."
            raise engine_fault("engine_denied", "Die Suchmaschine weist die Anmeldung zurück.", remedy) from error
        except NotFoundError as error:
            raise missing_index() from error
        except TransportError as error:
            message = f"Die Suchmaschine meldet einen Fehler ({error.status_code})."
            raise engine_fault("engine_error", caused(message, error.error)) from error
        except OpenSearchException as error:
            message = caused("Die Suchmaschine meldet einen Fehler.", type(error).__name__)
            raise engine_fault("engine_error", message) from error


def engine_fault(code: str, message: str, remedy: str = "In einer Minute erneut versuchen.") -> EnvironmentFault:
    return EnvironmentFault(code, message, remedy)


def _connect(settings: Settings, patience: Patience, *, writes: bool) -> OpenSearch:
    """The read-only account is used for reading where one is configured."""
    user, secret = settings.opensearch_user, settings.opensearch_password_file
    if not writes and settings.opensearch_reader:
        user, secret = settings.opensearch_reader, settings.opensearch_reader_password_file or secret
    options: dict[str, Any] = {
        "timeout": patience.seconds,
        "max_retries": patience.retries,
        "retry_on_timeout": False,
        "http_compress": True,
    }
    if user and secret:
        options["http_auth"] = (user, secret.read_text(encoding="utf-8").strip())
    if settings.opensearch_ca:
        options |= {"ca_certs": str(settings.opensearch_ca), "verify_certs": True}
    return OpenSearch(opensearch_url(settings), **options)


def missing_index() -> EnvironmentFault:
    return engine_fault("index_missing", "Der Suchindex fehlt.", "Mit „aktensuche index“ aufbauen.")
