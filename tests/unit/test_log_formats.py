"""The transparency log's formats against the vectors of their specifications."""

from __future__ import annotations

import json
import struct
from base64 import b64decode
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oversight.log.formats.canonical import canonical, number
from oversight.log.formats.checkpoint import Checkpoint, parse_checkpoint, parse_signed, signed
from oversight.log.formats.exchange import CosignRequest, InclusionProof, parse_proof, parse_request
from oversight.log.formats.note import (
    Kind,
    NoteError,
    SigningKey,
    cosigned,
    parse_note,
    parse_secret,
    parse_signatures,
    parse_verifier,
    verified,
)
from oversight.log.formats.tiles import Tile, bundle, tiles, unbundle
from oversight.log.formats.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# The reference tree of RFC 6962's authors (certificate-transparency, later transparency-dev/merkle).
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    bytes.fromhex(root)
    for root in (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
INCLUSION = {
    (0, 1): [],
    (0, 8): [A, B, C],
    (5, 8): [D, E, ROOTS[4].hex()],
    (2, 3): [ROOTS[2].hex()],
    (1, 5): [ROOTS[1].hex(), B, D],
}
CONSISTENCY = {(1, 1): [], (1, 8): [A, B, C], (6, 8): [F, E, ROOTS[4].hex()], (2, 5): [B, D]}

NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
NOTE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
# RFC 8785, appendix B: bits of a double, and how it is written.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}
# RFC 8785, 3.2.3: members in the order of their names' UTF-16 units.
UNSORTED = {
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\U0001f600": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis",
}


def perfect(leaves: list[bytes], height: int, index: int) -> bytes:
    count = 1 << height
    return root_of(leaves[index * count : (index + 1) * count])


def leaves_of(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_roots_of_the_reference_tree(size: int) -> None:
    assert root_of([leaf_hash(entry) for entry in ENTRIES[:size]]) == ROOTS[size]


@pytest.mark.parametrize(("place", "proof"), INCLUSION.items())
def test_inclusion_in_the_reference_tree(place: tuple[int, int], proof: list[str]) -> None:
    index, size = place
    leaves = [leaf_hash(entry) for entry in ENTRIES]
    found = inclusion_proof(index, size, lambda height, at: perfect(leaves, height, at))
    assert [step.hex() for step in found] == proof
    assert verify_inclusion(leaves[index], index, size, found, ROOTS[size])


@pytest.mark.parametrize(("sizes", "proof"), CONSISTENCY.items())
def test_consistency_in_the_reference_tree(sizes: tuple[int, int], proof: list[str]) -> None:
    first, second = sizes
    leaves = [leaf_hash(entry) for entry in ENTRIES]
    found = consistency_proof(first, second, lambda height, at: perfect(leaves, height, at))
    assert [step.hex() for step in found] == proof
    assert verify_consistency(first, second, found, ROOTS[first], ROOTS[second])


def test_every_proof_of_small_trees_holds_and_none_for_another_place() -> None:
    leaves = leaves_of(20)
    roots = [root_of(leaves[:size]) for size in range(21)]
    for size in range(1, 21):
        for index in range(size):
            proof = inclusion_proof(index, size, lambda height, at: perfect(leaves, height, at))
            assert verify_inclusion(leaves[index], index, size, proof, roots[size])
            assert not verify_inclusion(leaves[index], (index + 1) % (size + 1), size, proof, roots[size])
            assert not verify_inclusion(leaves[index], index, size, [*proof, roots[1]], roots[size])
            assert not proof or not verify_inclusion(leaves[index], index, size, proof[:-1], roots[size])
        for first in range(size + 1):
            proof = consistency_proof(first, size, lambda height, at: perfect(leaves, height, at))
            assert verify_consistency(first, size, proof, roots[first], roots[size])
            assert not verify_consistency(first, size, proof, b"\1" * 32, roots[size])
            assert not verify_consistency(first, size, [*proof, roots[1]], roots[first], roots[size])


@pytest.mark.parametrize("size", [1, 255, 256, 257, 700])
def test_a_frontier_goes_on_where_it_was_kept_and_tells_full_tiles(size: int) -> None:
    leaves = leaves_of(size)
    frontier, completed = Frontier(), []
    for leaf in leaves:
        frontier = Frontier.from_bytes(frontier.size, frontier.to_bytes())
        completed += frontier.append(leaf)
    assert frontier.root() == root_of(leaves)
    assert completed == [(1, at, root_of(leaves[at * 256 : (at + 1) * 256])) for at in range(size // 256)]


def test_a_frontier_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="no frontier"):
        Frontier.from_bytes(3, bytes(32))
    assert Frontier().root() == EMPTY_ROOT


def test_the_note_of_the_specification() -> None:
    key = parse_verifier(NOTE_KEY)
    note = parse_note(NOTE)
    assert (key.name, key.kind, str(key)) == ("example.com/foo", Kind.PLAIN, NOTE_KEY)
    assert [found for found, _ in verified(note, [key])] == [key]
    assert note.to_text() == NOTE
    with pytest.raises(NoteError, match="does not hold"):
        verified(parse_note(NOTE.replace("example message", "other message")), [key])
    with pytest.raises(NoteError, match="no signature"):
        verified(note, [SigningKey.new("example.com/foo", Kind.PLAIN).verifier])


def test_the_checkpoint_of_the_specification() -> None:
    checkpoint, note = parse_signed(CHECKPOINT)
    assert checkpoint == Checkpoint(
        "example.com/behind-the-sofa", 20852163, b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    )
    assert checkpoint.to_text() == note.text
    assert note.signatures[1].timestamp == 1679315147
    assert cosigned(note.text, 1679315147) == f"cosignature/v1\ntime 1679315147\n{note.text}"
    assert note.to_text() == CHECKPOINT


@pytest.mark.parametrize("kind", Kind)
def test_a_signature_of_either_kind(kind: Kind) -> None:
    key = SigningKey.new("log.example", kind)
    assert parse_secret(key.secret()) == key
    assert parse_verifier(str(key.verifier)) == key.verifier
    text = Checkpoint("log.example", 3, ROOTS[3]).to_text()
    signature = key.sign(text, 1_800_000_000)
    assert key.verifier.holds(text, signature)
    assert parse_signatures(signature.line()) == (signature,)
    other = SigningKey(key.name, Kind.PLAIN if kind is Kind.COSIGNATURE else Kind.COSIGNATURE, key.seed)
    assert other.verifier.key_id != key.verifier.key_id
    assert not other.verifier.holds(text, signature)


@pytest.mark.parametrize(
    "content",
    ["", "text\n", "text\n\n", "text\n\n— name", "text\n\n— na+me AAAAAAAA\n", "te\tt\n\n— name AAAAAAAA\n"],
)
def test_what_is_no_note(content: str) -> None:
    with pytest.raises(NoteError):
        parse_note(content)


@pytest.mark.parametrize("text", ["log\n03\n", "log\n3\n", "\n3\n", "log\n-1\n"])
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(NoteError):
        parse_checkpoint(text + "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n" * (text != "log\n3\n"))


def test_requests_and_proofs_are_read_as_they_were_written() -> None:
    checkpoint = signed(Checkpoint("log.example", 8, ROOTS[8]), SigningKey.new("log.example", Kind.PLAIN))
    for steps in ((), (ROOTS[1], ROOTS[2])):
        request = CosignRequest(2 if steps else 0, steps, checkpoint)
        assert parse_request(request.to_text()) == request
        for extra in (b"", b"{}"):
            proof = InclusionProof(extra, 5, steps, checkpoint)
            assert parse_proof(proof.to_text()) == proof
    assert CosignRequest(0, (), checkpoint).to_text() == f"old 0\n\n{checkpoint}"


def test_tiles_of_the_specification() -> None:
    """The example of 70,000 entries, and the path of tile 1234067."""
    found = list(tiles(70_000))
    widths = [[tile.width for tile in found if tile.level == level] for level in range(3)]
    assert widths == [[*[256] * 273, 112], [256, 17], [1]]
    assert [tile.path for tile in tiles(256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert Tile(0, 1234067, 256).path == "tile/0/x001/x234/067"
    assert Tile(0, 273, 112).entries_path == "tile/entries/273.p/112"


def test_bundles() -> None:
    entries = [b"", b"abc", b"x" * 65535]
    assert list(unbundle(bundle(entries))) == entries
    assert bundle([b"abc"]) == b"\0\3abc"
    with pytest.raises(ValueError, match="65,535"):
        bundle([b"x" * 65536])


@pytest.mark.parametrize(("bits", "written"), NUMBERS.items())
def test_numbers_of_rfc_8785(bits: str, written: str) -> None:
    assert number(struct.unpack(">d", bytes.fromhex(bits))[0]) == written


def test_order_and_escapes_of_rfc_8785() -> None:
    names = list(json.loads(canonical(UNSORTED)))
    assert names == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert canonical({"b": [None, True, '\u20ac$\u000f\nA\'\u0042"\\\\"/'], "a": 1}) == (
        '{"a":1,"b":[null,true,"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"]}'.encode()
    )


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_back_as_the_same(value: float) -> None:
    assert float(number(value)) == value


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)


@given(json_values)
def test_canonical_text_says_the_same(value: object) -> None:
    assert json.loads(canonical(value)) == value


def test_neighbours_differ() -> None:
    """The two prefixes keep a leaf from passing for a node."""
    assert leaf_hash(ROOTS[1] + ROOTS[2]) != node_hash(ROOTS[1], ROOTS[2])
    assert all(one != other for one, other in pairwise(ROOTS))
