"""Page images for the browser: rights, audit, cache; the original is hashed again before it is shown."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select

from casefile.database.accounts import AuditRow
from casefile.database.events import Action, Outcome
from casefile.database.ledger import DocumentRow
from casefile.database.ledger import now as moment
from casefile.errors import DocumentFault, Reason
from casefile.imaging.media import has_page_images
from casefile.storage.beneath import descriptor_path, open_beneath
from casefile.storage.hashing import descriptor_sha256
from oversight.audit import Actor, Event
from search_ui import ledgerview
from search_ui.answering import Answering, answering, looking, refuse
from search_ui.reading.image_cache import image_path, read_image, write_image
from search_ui.reading.pages import permitted_document
from search_ui.reading.trail import for_a_purpose
from search_ui.reading.walk import Place
from search_ui.services import Services

# The page view writes a row for the page and its image together; an image asked for on its own gets its own row.
PAGE_ROW_COVERS = timedelta(minutes=10)


class Form(StrEnum):
    NORMAL = "normal"
    THRIFTY = "spar"
    LARGE = "gross"


WIDTHS = {Form.NORMAL: 1000, Form.THRIFTY: 1000, Form.LARGE: 1654}
MOST_BYTES = {Form.NORMAL: 80_000, Form.THRIFTY: 45_000, Form.LARGE: 160_000}


def open_image(services: Services, actor: Actor, place: Place, form: Form) -> bytes:
    """Raises AccessDenied, EnvironmentFault, and DocumentFault where this page has no image.

    Rendering takes its time, so that rights are looked at before it and again after it.
    """
    event = Event(actor, Action.OPEN_IMAGE, document_id=place.document_id, page=place.number)
    with looking(services.databases, actor) as look:
        row = permitted_document(look, place)
        source = ledgerview.source_place(look.ledger, row) if row is not None else None
    if row is None:
        raise refuse(services.databases, event)
    if not has_page_images(row.media_type):
        raise DocumentFault(Reason.UNSUPPORTED)
    content = _cached(services, row, source, place.number, form)
    with answering(services.databases, actor) as now:
        again = permitted_document(now, place)
        if again is None or again.sha256 != row.sha256:
            raise now.refuse(event)
        if not _page_was_logged(now, place):
            now.record(for_a_purpose(services, now, again.case_id, replace(event, case_id=again.case_id)))
    return content


def _page_was_logged(now: Answering, place: Place) -> bool:
    query = select(AuditRow.id).where(
        AuditRow.user == now.actor.user,
        AuditRow.at > moment() - PAGE_ROW_COVERS,
        AuditRow.action == Action.OPEN_PAGE,
        AuditRow.outcome == Outcome.OK,
        AuditRow.document_id == place.document_id,
        AuditRow.page == place.number,
    )
    return now.accounts.scalar(query.limit(1)) is not None


def _cached(services: Services, row: DocumentRow, source: tuple[Path, bytes] | None, number: int, form: Form) -> bytes:
    target = image_path(services.settings.home, row.sha256, number, form.value)
    content = read_image(target)
    if content is not None:
        return content
    with _original(services, row, source) as original:
        content = services.renderer.render(
            original,
            row.media_type,
            number,
            WIDTHS[form],
            thrifty=form is Form.THRIFTY,
            most=MOST_BYTES[form],
            megapixels=services.settings.max_page_megapixels,
        )
    write_image(target, content)
    return content


@contextlib.contextmanager
def _original(services: Services, row: DocumentRow, source: tuple[Path, bytes] | None) -> Iterator[Path]:
    """A path to the document's unchanged bytes; `source`: its own file, where it has one.

    Raises DocumentFault `vanished` where they are not what was read.
    """
    if source is not None:
        with _unchanged(*source, row.sha256) as descriptor:
            yield descriptor_path(descriptor)
        return
    content = services.derived.original(row.sha256)
    if content is None or hashlib.sha256(content).hexdigest() != row.sha256:
        raise DocumentFault(Reason.VANISHED, "Die Anlage liegt nicht mehr unverändert vor.")
    with tempfile.NamedTemporaryFile(dir=_scratch(services)) as stream:
        stream.write(content)
        stream.flush()
        yield Path(stream.name)


@contextlib.contextmanager
def _unchanged(root: Path, raw_path: bytes, sha256: str) -> Iterator[int]:
    """The file is opened once: what is hashed is what is rendered, whatever stands in its place by then."""
    with contextlib.ExitStack() as held:
        try:
            descriptor = held.enter_context(open_beneath(root, raw_path))
            found = descriptor_sha256(descriptor)
        except OSError as error:
            raise DocumentFault(Reason.VANISHED) from error
        if found != sha256:
            raise DocumentFault(Reason.VANISHED, "Die Datei hat sich geändert, seit sie eingelesen wurde.")
        yield descriptor


def _scratch(services: Services) -> Path:
    folder = services.settings.home / "tmp"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
