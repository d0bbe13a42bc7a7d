"""Whether a search must state its purpose: the same for the form, the command line and batches."""

from __future__ import annotations

from oversight.access.purpose import purpose_rule
from oversight.audit import Actor
from search_ui.answering import looking
from search_ui.services import Services


def search_needs_purpose(services: Services, actor: Actor) -> bool:
    """Raises AccessDenied for an unknown or deactivated account."""
    rule = purpose_rule(services.settings)
    if services.settings.purpose_required or not rule.units:
        return services.settings.purpose_required
    with looking(services.databases, actor) as look:
        return rule.asks_searches_of(look.scope.units)
