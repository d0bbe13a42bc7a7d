"""Mails taken apart by our own readers; every message is made here."""

from __future__ import annotations

import base64
import binascii
from email.message import EmailMessage

import pytest
from asn1crypto import algos, cms
from hypothesis import given
from hypothesis import strategies as st

from casefile.errors import Reason
from indexer.extract.mail.cms import unwrap
from indexer.extract.mail.eml import read_eml, read_message
from indexer.extract.mail.header import decode_field
from indexer.extract.mail.inline import take_files
from indexer.extract.mail.mapi import BODY, HTML, RTF, SUBJECT, DamagedRtf, MapiAttachment, to_message
from indexer.extract.mail.message import Mail
from indexer.extract.mail.tnef import SIGNATURE, read_tnef
from indexer.extract.office.drawing import pdf_inside

PDF = b"%PDF-1.4 Gutachten"


def parts(subtype: str, *bodies: str, mark: str = "G") -> bytes:
    inside = "".join(f"--{mark}\r\n{body}\r\n" for body in bodies)
    return f"Content-Type: multipart/{subtype}; boundary={mark}\r\n\r\n{inside}--{mark}--\r\n".encode("latin-1")


def plain(text: str) -> str:
    return f"Content-Type: text/plain; charset=iso-8859-1\r\n\r\n{text}"


def page(text: str) -> str:
    return f"Content-Type: text/html; charset=iso-8859-1\r\n\r\n{text}"


def names(mail: Mail) -> list[tuple[str, Reason | None]]:
    return [(entry.name, entry.fault) for entry in mail.documents]


def signed(content: bytes) -> bytes:
    """An opaque signature as mail programs send it, without signers: nobody here checks them."""
    inner = {"content_type": "data", "content": content}
    data = {
        "version": "v1",
        "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
        "encap_content_info": inner,
        "signer_infos": [],
    }
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(data)}).dump())


ENVELOPE = {
    "version": "v0",
    "recipient_infos": [],
    "encrypted_content_info": {
        "content_type": "data",
        "content_encryption_algorithm": {"algorithm": "aes256_cbc", "parameters": b"0" * 16},
        "encrypted_content": b"x" * 32,
    },
}


def encrypted() -> bytes:
    return bytes(cms.ContentInfo({"content_type": "enveloped_data", "content": cms.EnvelopedData(ENVELOPE)}).dump())


def test_what_only_one_alternative_says_is_kept() -> None:
    mail = read_eml(parts("alternative", plain("Nummer 77-4711 im Text"), page("<p>Bitte das Bild beachten</p>")))
    assert mail.text() == "Bitte das Bild beachten\n\nNummer 77-4711 im Text"


def test_equal_alternatives_are_said_once() -> None:
    mail = read_eml(
        parts("alternative", plain("Guten Tag,\r\nder Bescheid."), page("<p>Guten Tag,<br>der Bescheid.</p>"))
    )
    assert mail.text() == "Guten Tag,\nder Bescheid."


def test_parts_beside_an_attachment_are_not_glued() -> None:
    head = 'Content-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64'
    pdf = f"{head}\r\n\r\n{base64.b64encode(PDF).decode()}"
    inner = parts("mixed", page("Erste Enzianfrage"), pdf, page("Zweite Erikaantwort"), mark="=H").decode()
    mail = read_eml(parts("alternative", plain("Enzianfrage"), inner))
    assert "Enzianfrage\n\nZweite" in mail.text()
    assert names(mail) == [("a.pdf", None)]
    assert mail.documents[0].content == PDF


def test_an_invitation_keeps_message_and_date() -> None:
    date = "Content-Type: text/calendar\r\n\r\nBEGIN:VEVENT\r\nSUMMARY:Anhoerung\r\nLOCATION:Saal\r\nEND:VEVENT"
    assert read_eml(parts("alternative", plain("Hinweis"), date)).text() == "Hinweis\n\nTermin: Anhoerung\nOrt: Saal"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"=?iso-8859-1?Q?Gr=FC=DFe?= =?iso-8859-1?Q?_aus?=", "Grüße aus"),
        (
            b"=?utf-8?B?" + base64.b64encode("Grü".encode()[:4]) + b"?= =?utf-8?B?w58=?=",
            "Grü\u00df".replace("ü\u00df", "üß"),
        ),
        ("Nießwurz".encode("latin-1"), "Nießwurz"),
        ("Nießwurz".encode(), "Nießwurz"),
        (b"=?unbekannt?Q?Gr=FC=DFe?=", "Grüße"),
        (b"=?utf-8?B?kaputt", "=?utf-8?B?kaputt"),
    ],
)
def test_header_fields(raw: bytes, said: str) -> None:
    assert decode_field(raw.decode("ascii", "surrogateescape")) == said


def test_all_people_of_a_mail_are_told() -> None:
    fields = "From: a@x.de\r\nReply-To: Amt <amt@x.de>\r\nTo: b@x.de\r\nCc: c@x.de\r\nBcc: d@x.de\r\nSubject: S\r\n"
    mail = read_eml(f"{fields}Date: Fri, 12 Mar 2021 10:00:00 +0100\r\n\r\nText".encode())
    assert mail.text().splitlines() == [
        *("Von: a@x.de", "Antwort an: Amt <amt@x.de>", "An: b@x.de", "Kopie: c@x.de", "Blindkopie: d@x.de"),
        *("Betreff: S", "Datum: 12.03.2021 10:00", "", "Text"),
    ]
    assert mail.header.created == "2021-03-12T09:00:00Z"


@pytest.mark.parametrize("charset", ["", "utf-7", "us-ascii", "nie-gehoert"])
def test_bodies_with_wrong_or_missing_charsets(charset: str) -> None:
    text = "Grüße aus Köln"
    raw = text.encode("utf-7") if charset == "utf-7" else text.encode("cp1252")
    mail = read_eml(b"Content-Type: text/plain; charset=" + (charset.encode() or b'""') + b"\r\n\r\n" + raw)
    assert mail.text() == text


def test_a_file_written_into_the_body_is_an_attachment() -> None:
    lines = b"".join(binascii.b2a_uu(PDF[n : n + 45]) for n in range(0, len(PDF), 45)).decode()
    text, files = take_files(f"Anbei:\nbegin 644 gutachten.pdf\n{lines}`\nend\nGruss")
    assert (text, files) == ("Anbei:\n\nGruss", [("gutachten.pdf", PDF)])
    assert take_files("begin 644 der Frist\nnicht die Datei") == ("begin 644 der Frist\nnicht die Datei", [])


def test_the_inside_of_an_opaque_signature_is_read() -> None:
    inner = parts("mixed", plain("Vertrag gekündigt"), 'Content-Type: application/pdf; name="b.pdf"\r\n\r\n%PDF-1.4')
    packed = base64.encodebytes(signed(inner)).decode()
    head = (
        "Subject: Signiert\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64"
    )
    mail = read_eml(f"{head}\r\n\r\n{packed}".encode())
    assert mail.text() == "Betreff: Signiert\n\nVertrag gekündigt"
    assert names(mail) == [("b.pdf", None)]


def test_encrypted_mails_are_reported_as_such() -> None:
    packed = base64.encodebytes(encrypted()).decode()
    head = (
        "Subject: Geheim\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64"
    )
    mail = read_eml(f"{head}\r\n\r\n{packed}".encode())
    assert names(mail) == [("smime.p7m", Reason.ENCRYPTED)]
    assert "S/MIME" in mail.documents[0].detail
    pgp = parts("encrypted", "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1", plain("x"))
    assert names(read_eml(pgp)) == [("Verschlüsselter Inhalt", Reason.ENCRYPTED)]
    block = plain("Vorab\r\n-----BEGIN PGP MESSAGE-----\r\nabc\r\n-----END PGP MESSAGE-----\r\nNachsatz").encode()
    assert read_eml(block).text() == "Vorab\n\nNachsatz"
    assert names(read_eml(block)) == [("Verschlüsselter Inhalt", Reason.ENCRYPTED)]


def test_containers_are_opened_to_the_innermost() -> None:
    twice = unwrap(signed(signed(PDF)))
    assert twice is not None and twice.content == PDF
    sealed = unwrap(signed(encrypted()))
    assert sealed is not None and sealed.encrypted
    armoured = unwrap(b"-----BEGIN PKCS7-----\n" + base64.encodebytes(signed(PDF)) + b"-----END PKCS7-----\n")
    assert armoured is not None and armoured.content == PDF
    assert unwrap(PDF) is None
    assert unwrap(signed(PDF)[:40]) is None


def test_attached_messages_stay_whole() -> None:
    inner = EmailMessage()
    inner["Subject"] = "Innen"
    inner.set_content("Weitergeleitet")
    outer = EmailMessage()
    outer.set_content("Anbei")
    outer.add_attachment(inner)
    mail = read_eml(bytes(outer))
    assert names(mail) == [("Innen.eml", None)]
    assert read_eml(mail.documents[0].content).text() == "Betreff: Innen\n\nWeitergeleitet"


def test_an_attached_message_in_base64() -> None:
    packed = base64.encodebytes(b"Subject: Innen\r\n\r\nWeitergeleitet").decode()
    part = f"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n{packed}"
    mail = read_eml(parts("mixed", plain("Anbei"), part))
    assert read_eml(mail.documents[0].content).text() == "Betreff: Innen\n\nWeitergeleitet"


def test_outlooks_properties_become_one_message() -> None:
    properties = {SUBJECT: "Größe", BODY: "Text 4711", HTML: b"<div>Seite<br>Lobelie</div>"}
    nested = to_message({SUBJECT: "Innen", BODY: "Weiter"})
    attachments = [
        MapiAttachment("Anlage ä.pdf", PDF, "application/pdf"),
        MapiAttachment("Innen", nested),
        MapiAttachment("liste.xls", b"", path="\\\\server\\liste.xls"),
    ]
    mail = read_message(to_message(properties, (), attachments))
    assert mail.text() == "Betreff: Größe\n\nSeite\nLobelie\n\nText 4711"
    assert names(mail) == [("Anlage ä.pdf", None), ("Innen.eml", None), ("liste.xls", Reason.UNSUPPORTED)]
    assert mail.documents[0].content == PDF
    again = read_message(to_message(properties, (), attachments))
    assert [entry.content for entry in again.documents] == [entry.content for entry in mail.documents]


def tnef_attribute(level: int, kind: int, identifier: int, data: bytes) -> bytes:
    head = (
        bytes([level]) + identifier.to_bytes(2, "little") + kind.to_bytes(2, "little") + len(data).to_bytes(4, "little")
    )
    return head + data + b"\0\0"


def test_winmail_dat_with_subject_text_and_file() -> None:
    raw = SIGNATURE + b"\1\0"
    raw += tnef_attribute(1, 1, 0x8004, b"Betreff innen\0") + tnef_attribute(
        1, 2, 0x800C, "Grüße".encode("cp1252") + b"\0"
    )
    raw += tnef_attribute(2, 6, 0x9002, b"\0" * 14) + tnef_attribute(2, 1, 0x8010, b"plan.pdf\0")
    raw += tnef_attribute(2, 6, 0x800F, PDF)
    mail = read_message(read_tnef(raw))
    assert mail.text() == "Betreff: Betreff innen\n\nGrüße"
    assert [(entry.name, entry.content) for entry in mail.documents] == [("plan.pdf", PDF)]
    for end in range(6, len(raw), 7):
        read_tnef(raw[:end])


@given(
    st.binary(max_size=400), st.sampled_from([b"multipart/mixed; boundary=G", b"text/html", b"message/rfc822", b"x/y"])
)
def test_no_message_raises(body: bytes, kind: bytes) -> None:
    assert isinstance(read_eml(b"Content-Type: " + kind + b"\r\n\r\n--G\r\n" + body).text(), str)


def test_a_pdf_that_excel_for_mac_hides_in_a_drawing() -> None:
    pdf = b"%PDF-1.3 inhalt %%EOF"
    assert pdf_inside(b"\x01\0\0\0 EMF" + pdf + b"\n\0\0") == pdf
    assert pdf_inside(b"%%EOF %PDF-1.3") == b""


def test_a_damaged_form_of_an_outlook_body_is_passed_over_only_beside_another_one() -> None:
    damaged = (2000).to_bytes(4, "little") * 2 + b"LZFu" + bytes(4) + b"kein RTF"
    with pytest.raises(DamagedRtf):
        to_message({SUBJECT: "Anfrage", RTF: damaged})
    assert "Rückruf" in read_message(to_message({SUBJECT: "Anfrage", BODY: "Bitte um Rückruf", RTF: damaged})).text()


def test_a_piece_of_a_message_is_reported() -> None:
    raw = b'Subject: Akte\r\nContent-Type: message/partial; id="a@b"; number=2; total=3\r\n\r\nQWt0ZW52ZXJtZXJr\r\n'
    (piece,) = read_eml(raw).documents
    assert (piece.name, piece.fault) == ("Teil 2 von 3", Reason.UNSUPPORTED)


def test_the_first_piece_of_a_message_is_read_as_far_as_it_goes() -> None:
    whole = "Subject: Akte\r\nContent-Type: multipart/mixed; boundary=G\r\n\r\n--G\r\n\r\nBitte um Rückruf"
    raw = f'Content-Type: message/partial; id="a@b"; number=1; total=2\r\n\r\n{whole}\r\n'.encode()
    mail = read_eml(raw)
    assert "Rückruf" in mail.text()
    assert [piece.fault for piece in mail.documents] == [Reason.UNSUPPORTED]


def test_a_report_is_read_with_the_text_below_its_fields() -> None:
    raw = b"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n\r\nBitte um Sperrung\r\n"
    text = read_eml(raw).text()
    assert "Feedback-Type: abuse" in text
    assert "Bitte um Sperrung" in text
