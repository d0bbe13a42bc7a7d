"""The one place that knows htmx: when a fragment is the answer, and how to send the browser elsewhere."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template
from htmx_flask import make_response, request
from jinja2_fragments.flask import render_block
from werkzeug.wrappers import Response as BaseResponse

BLOCK = "inhalt"
VARY = "HX-Request, HX-Request-Type"


def wants_fragment() -> bool:
    """Only for `HX-Request-Type: partial`: `request.htmx` alone is true for a restored history entry as well,
    which needs a whole page.
    """
    partial = request.headers.get("HX-Request-Type", "").lower() == "partial"
    return partial and bool(request.htmx) and not request.htmx.history_restore_request


def page(template: str, status: int = 200, **context: Any) -> Response:
    """The whole page, or of the same template the block that htmx puts in its place. Sets the title in both cases."""
    if not wants_fragment():
        return _response(render_template(template, **context), status)
    title = render_block(template, "titel", **context)
    return _response(f"<title>{title}</title>{render_block(template, BLOCK, **context)}", status)


def go(url: str) -> Response:
    """303 to another page; within a fragment request the whole browser goes there."""
    if not wants_fragment():
        return _response(redirect(url, 303))
    return _response(make_response("", 204, redirect=url))


def at_address(fragment: BaseResponse, url: str) -> Response:
    """The fragment's page has this address: it goes into the browser's history."""
    return _response(make_response(fragment, push_url=url))


def _response(answer: Any, status: int | None = None) -> Response:
    response: Response = make_response(answer) if status is None else make_response(answer, status)
    return response
