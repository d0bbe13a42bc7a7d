"""The kinds of documents: one function each, from a context to a draft."""

from __future__ import annotations

from collections.abc import Callable

from stock.context import Context
from stock.kinds import forms, identity, letters, mails, papers
from stock.pages.draft import Draft

KINDS: dict[str, Callable[[Context], Draft]] = {
    "application": forms.application,
    "notice": letters.notice,
    "rejection": letters.rejection,
    "enquiry": letters.enquiry,
    "objection": letters.objection,
    "court": letters.court_letter,
    "medical": letters.medical,
    "foreign": letters.foreign,
    "settlement": letters.settlement,
    "employer": letters.employer_letter,
    "rent_contract": papers.rent_contract,
    "rent_certificate": papers.rent_certificate,
    "utility_bill": papers.utility_bill,
    "bank_statement": papers.bank_statement,
    "payslip": papers.payslip,
    "landlord": papers.invoice_letter,
    "certificate": papers.birth_certificate,
    "note": forms.note,
    "phone_note": forms.phone_note,
    "fax": forms.fax,
    "identity": identity.identity,
    "leaflet": forms.two_columns,
    "statement": forms.statement,
    "mail": mails.mail,
}
