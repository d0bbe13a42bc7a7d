"""The databases' passwords come from files, so that no URL with a password stands in an environment."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from casefile.database.sessions import database_url
from casefile.settings import Settings

HARD_TO_QUOTE = "p@ss/w:rd?#%20ü"


@pytest.mark.parametrize("kind", ["ledger", "accounts"])
def test_password_is_read_from_its_file(tmp_path: Path, kind: str) -> None:
    secret = tmp_path / "password"
    secret.write_text(HARD_TO_QUOTE + "\n", encoding="utf-8")
    plain = f"postgresql+psycopg://{kind}@database:5432/{kind}"
    settings = Settings.model_validate({f"{kind}_url": plain, f"{kind}_password_file": secret})
    url = make_url(database_url(settings, kind))  # type: ignore[arg-type]
    assert (url.username, url.password, url.host, url.database) == (kind, HARD_TO_QUOTE, "database", kind)


def test_without_a_file_the_url_is_taken_as_it_is(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, ledger_url="postgresql+psycopg://ledger@database/ledger")
    assert database_url(settings, "ledger") == "postgresql+psycopg://ledger@database/ledger"
    assert database_url(settings, "accounts").startswith("sqlite:///")


def test_a_missing_password_file_is_an_error_and_not_an_empty_password(tmp_path: Path) -> None:
    settings = Settings(ledger_url="postgresql://ledger@database/ledger", ledger_password_file=tmp_path / "absent")
    with pytest.raises(FileNotFoundError):
        database_url(settings, "ledger")
