"""The mapping files are what the schema says, and a version that was published is never edited."""

from __future__ import annotations

import hashlib

import pytest

from casefile.index import fields
from casefile.index.schema import FIELDS, VERSIONS, IndexKind, file_name
from casefile.settings import PROJECT
from tools.mappings import file_text

FOLDER = PROJECT / "mappings"

# SHA-256 of every version that was ever published. A line is added with a new version; none is ever changed.
PUBLISHED = {
    "cases.v1.json": "ba55e7124134ef3ded1a9298dac1fd16c174d61fe9f1dfe918b163d3cd8b5278",
    "cases.v3.json": "28e5f1764c945e2bbbec8ef7f67703190dbca246a771e006334b4306ed0c7fbe",
    "cases.v2.json": "4c3c43f04871253060b63541530e2beee37d808ff09af669eae12d9e3faf2277",
    "documents.v1.json": "9d83717f13e894fa5985a18f31c3ba558b80e604ada6231e93ae35fc82b1136e",
    "documents.v3.json": "515e5b8bdf4b7e22f35c23e488b475cad192097c803841effc6eefb686147970",
    "documents.v2.json": "25e50fa8fe3cda8868ba1efa04f7d37e11c95a1fb38e15a69159f38637a8e5e6",
    "pages.v1.json": "5ebc3faa5fee91dde4b1daa7c9aece19099432e1b8d766fde059298dc9388984",
    "pages.v3.json": "ea4fb2a301b5de27ba2fd3715e2136d71f69796cf490ba89d69b6314be43e247",
    "pages.v2.json": "a21ecae51a5c0c4d13acacd70cfe68192eda8283d9720b7c3b2fe909187560aa",
}


def test_published_versions_are_as_they_were() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.json")}
    assert found == PUBLISHED


@pytest.mark.parametrize("kind", IndexKind)
def test_the_current_file_is_what_the_schema_says(kind: IndexKind) -> None:
    current = (FOLDER / file_name(kind, VERSIONS[kind])).read_text(encoding="utf-8")
    assert current == file_text(kind), "raise the version, then: python -m tools.mappings"


@pytest.mark.parametrize("kind", IndexKind)
def test_every_version_up_to_the_current_one_is_on_file(kind: IndexKind) -> None:
    """Writers look up there which fields an older index takes."""
    versions = {int(path.stem.partition(".v")[2]) for path in FOLDER.glob(f"{kind.value}.v*.json")}
    assert versions == set(range(1, VERSIONS[kind] + 1))


def test_every_field_is_named_once_and_has_a_purpose() -> None:
    constants = {str(value) for name, value in vars(fields).items() if name.isupper()}
    top_level = {name for name in constants if "." not in name}
    assert {field.name for field in FIELDS} == top_level
    assert len({(field.name, kind) for field in FIELDS for kind in field.kinds}) == sum(len(f.kinds) for f in FIELDS)
    assert all(len(field.purpose) > 10 for field in FIELDS)


def test_subfields_exist() -> None:
    known = {f"{field.name}.{sub}" for field in FIELDS for sub in field.mapping.get("fields", {})}
    assert {str(v) for n, v in vars(fields).items() if n.isupper() and "." in str(v)} <= known
