"""A browser without a browser: signs in and posts forms with their tokens, as a person would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from casefile.settings import Settings
from search_ui.app import close_app, create_app

PASSWORD = "quitten und mirabellen"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_REFERENCE = re.compile(r"Vorgangsnummer: <strong>[0-9A-F]+</strong>")


@contextmanager
def running_app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    yield app
    close_app(app)


class Person:
    """Somebody at the keyboard; every form is sent with the token of the start page."""

    def __init__(self, app: Flask, name: str = "", password: str = PASSWORD) -> None:
        self.client: FlaskClient = app.test_client()
        if name:
            assert self.sign_in(name, password).status_code == 303, name

    def sign_in(self, name: str, password: str = PASSWORD, onward: str = "") -> TestResponse:
        token = form_token(self.client.get("/anmelden"))
        return self.client.post(
            "/anmelden", data={"name": name, "kennwort": password, "csrf_token": token, "weiter": onward}
        )

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path: str, headers: dict[str, str] | None = None, **form: str) -> TestResponse:
        token = form_token(self.client.get("/"))
        return self.client.post(path, data={**form, "csrf_token": token}, headers=headers)

    def search(self, text: str, **form: str) -> TestResponse:
        """The hit list, after the redirect."""
        answer = self.post("/suche", q=text, **form)
        assert answer.status_code == 303, answer.status_code
        return self.get(answer.headers["Location"])


def form_token(response: TestResponse) -> str:
    found = _TOKEN.search(response.text)
    assert found, response.text[:500]
    return found.group(1)


def without_reference(body: str) -> str:
    """The body without what differs with every answer: the error's number and the form tokens with their time."""
    return _TOKEN.sub("", _REFERENCE.sub("", body))
