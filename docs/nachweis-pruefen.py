"""Prüft den Nachweis einer Protokollzeile, ohne das Programm und nur mit Python (ab 3.8).

    python3 nachweis-pruefen.py DATEI SCHLÜSSEL [SCHLÜSSEL …]

DATEI kommt von „aktensuche audit prove“ (Format: C2SP tlog-proof). SCHLÜSSEL sind der öffentliche Schlüssel des
Protokolls und, wenn vorhanden, die der Zeugen; sie müssen aus einer Quelle stammen, der Sie trauen, nicht aus der
Datei. Geprüft wird:
1. Jede gezeigte Angabe gehört zu ihrer Prüfsumme im Eintrag: SHA-256 über Salz und Wert.
2. Der Eintrag steht an seiner Stelle im Protokoll (RFC 6962: Blatt = SHA-256 über 0x00 und Eintrag, Knoten = SHA-256
   über 0x01 und beide Kinder).
3. Jeder genannte Schlüssel hat den Prüfpunkt unterschrieben, der genau dieses Protokoll festhält (Ed25519, RFC 8032).
"""

import base64
import hashlib
import json
import sys
import time

P = 2**255 - 19
D = -121665 * pow(121666, P - 2, P) % P


def add(p, q):  # points of the curve in extended coordinates, RFC 8032 5.1.4
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    total = (0, 1, 1, 0)
    while number:
        total = add(total, point) if number & 1 else total
        point, number = add(point, point), number >> 1
    return total


def point_of(data):
    y = int.from_bytes(data, "little") & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != square:
        raise ValueError("kein Punkt")
    x = P - x if x & 1 != data[31] >> 7 else x
    return x, y, 1, x * y % P


def signed(public, message, signature):  # RFC 8032 5.1.7
    order = 2**252 + 27742317777372353535851937790883648493
    base = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % order
    left, right = times(s, base), add(point_of(r), times(k, point_of(public)))
    return s < order and all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


def root(leaf, index, size, path):  # RFC 9162 2.1.3.2
    last, found = size - 1, leaf
    for sibling in path:
        if index & 1 or index == last:
            found = hashlib.sha256(b"\1" + sibling + found).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + sibling).digest()
        index, last = index >> 1, last >> 1
    return found if last == 0 else b""


def check(text, keys):
    head, _, note = text.partition("\n\n")
    kind, extra, place, *path = head.split("\n")
    body, _, below = note.partition("\n\n")
    origin, size, claimed = body.split("\n")[:3]
    data, index = json.loads(base64.b64decode(extra[6:])), int(place[6:])
    if kind != "c2sp.org/tlog-proof@v1" or not 0 <= index < int(size):
        return "das ist kein Nachweis"
    entry = json.loads(data["entry"])
    for name, field in data["fields"].items():
        value = json.dumps(field["value"], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        if hashlib.sha256(bytes.fromhex(field["salt"]) + value).hexdigest() != entry["hashed"][name]:
            return f"die Angabe „{name}“ gehört nicht zum Eintrag"
        print(f"  {name}: {value.decode()}")
    print("  " + ", ".join(f"{name}: {entry[name]}" for name in sorted(entry) if name != "hashed"))
    leaf = hashlib.sha256(b"\0" + data["entry"].encode()).digest()
    if root(leaf, index, int(size), map(base64.b64decode, path)) != base64.b64decode(claimed):
        return "der Eintrag steht nicht im Protokoll dieses Prüfpunkts"
    signatures = [line.split(" ")[1:] for line in below.splitlines()]
    for key in keys:
        name, identifier, public = key.split("+", 2)
        public = base64.b64decode(public)
        if hashlib.sha256(name.encode() + b"\n" + public).digest()[:4].hex() != identifier:
            return f"{key} ist kein öffentlicher Schlüssel"
        values = [base64.b64decode(value) for signer, value in signatures if signer == name]
        values = [value[4:] for value in values if value[:4].hex() == identifier]
        when = int.from_bytes(values[0][:8], "big") if values and public[0] == 4 else 0
        message = (f"cosignature/v1\ntime {when}\n" if when else "") + body + "\n"
        if not values or not signed(public[1:], message.encode(), values[0][-64:]):
            return f"der Prüfpunkt ist nicht von {name} unterschrieben"
        at = time.strftime(", %d.%m.%Y %H:%M:%S UTC", time.gmtime(when)) if when else ""
        print(f"  unterschrieben: {name}{at}")
    return "" if keys and any(key.startswith(origin + "+") for key in keys) else "der Schlüssel des Protokolls fehlt"


if __name__ == "__main__":
    try:
        fault = check(open(sys.argv[1], encoding="utf-8").read(), sys.argv[2:])
    except (ValueError, LookupError) as error:
        fault = f"die Datei ist nicht lesbar: {error!r}"
    print(f"Der Nachweis gilt NICHT: {fault}." if fault else "Der Nachweis gilt.")
    sys.exit(1 if fault else 0)
