"""Mails: a few sentences, sometimes with the whole thread below."""

from __future__ import annotations

from datetime import timedelta

from stock.context import Context, short_date
from stock.language.composer import Composer
from stock.pages.draft import Block, Draft, Para


def mail(ctx: Context) -> Draft:
    """A mail to or from the office."""
    case, rng = ctx.case, ctx.rng
    ctx.composer = Composer(rng, "arbeit")
    sender = rng.choice((case.employer, case.landlord, case.head.name))
    about = rng.choice(("Unterlagen", "Rückfrage", "Nachweis", "Termin"))
    subject = f"{rng.choice(('', 'AW: ', 'WG: '))}{about} {ctx.composer.noun().lemma}"
    blocks: list[Block] = [Para("Sehr geehrte Damen und Herren,")]
    blocks += [Para(text) for text in ctx.say("mail", 3)] + [Para(ctx.free(rng.randint(1, 4)))]
    blocks += [
        Para(f"Betrifft: {ctx.name(0, own=False)}, Az. {ctx.mention('reference', case.reference)}"),
        *ctx.cite(0.6),
    ]
    blocks += [Para("Mit freundlichen Grüßen"), Para(sender)]
    for step in range(rng.randint(0, 2)):
        day = ctx.day - timedelta(days=3 * (step + 1))
        blocks.append(Para(f"Am {ctx.mention('date', short_date(day))} schrieb {case.worker}:"))
        blocks += [Para(f"> {text}") for text in ctx.say("closing", 1)] + [Para(f"> {ctx.free(rng.randint(1, 3))}")]
    return ctx.draft("mail", "E-Mail", subject, blocks, (), sender=sender, recipient=case.worker)
