"""The storage format: what was ever written is read, and is written again to the byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from golden.samples import EVENTS, path_of, stored_form

from dispatch.events import catalogue
from dispatch.events.catalogue import ENTITIES, TYPES, VERSIONS, decode_envelope, encode_envelope, event_of
from dispatch.events.personal import Remark
from dispatch.model.errors import FormError

FILES = sorted(EVENTS.glob("*.json"))
KINDS = {event.__name__: kind for kind, events in ENTITIES.items() for event in events}


@pytest.mark.parametrize("name", TYPES)
def test_every_version_of_every_event_has_a_file(name: str) -> None:
    for version in range(1, VERSIONS[name] + 1):
        assert path_of(name, version).exists(), f"run tests/golden/samples.py for {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_was_written_once_is_read_and_written_again_to_the_byte(path: Path) -> None:
    body = path.read_bytes().removesuffix(b"\n")
    recorded = decode_envelope(body)
    assert encode_envelope(recorded) == body
    event = event_of(recorded)
    assert type(event).__name__ == recorded.type == path.name.split(".")[0]
    if recorded.version == VERSIONS[recorded.type]:
        assert msgspec.json.encode(event) == bytes(recorded.data)


@pytest.mark.parametrize("name", TYPES)
def test_today_every_event_is_stored_as_it_was(name: str) -> None:
    kept = path_of(name, VERSIONS[name]).read_bytes().removesuffix(b"\n")
    assert stored_form(KINDS[name], TYPES[name]) == kept, "the stored form changed: raise the version and add an upcast"


def test_there_is_no_file_of_an_event_that_is_no_more() -> None:
    assert {path.name.split(".")[0] for path in FILES} == set(TYPES)


def test_unknown_names_and_versions_are_said_loudly() -> None:
    recorded = decode_envelope(path_of("OrderCancelled", 1).read_bytes())
    for changes, code in (({"type": "OrderDreamt"}, "unknown_event"), ({"version": 2}, "unknown_version")):
        with pytest.raises(FormError) as error:
            event_of(msgspec.structs.replace(recorded, **changes))
        assert error.value.code == code


def test_old_versions_are_brought_up_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A made-up past: first the remark was called ``why``, then it was a list."""

    def first(data: dict[str, Any]) -> dict[str, Any]:
        return {"said": [data["why"]]}

    def second(data: dict[str, Any]) -> dict[str, Any]:
        return {"remark": {"text": " ".join(data["said"])}}

    monkeypatch.setitem(catalogue.VERSIONS, "OrderCancelled", 3)
    monkeypatch.setitem(catalogue.UPCASTS, ("OrderCancelled", 1), first)
    monkeypatch.setitem(catalogue.UPCASTS, ("OrderCancelled", 2), second)
    recorded = decode_envelope(path_of("OrderCancelled", 1).read_bytes())
    for version, data in ((1, b'{"why":"sold"}'), (2, b'{"said":["sold"]}'), (3, b'{"remark":{"text":"sold"}}')):
        old = msgspec.structs.replace(recorded, version=version, data=msgspec.Raw(data))
        assert event_of(old) == TYPES["OrderCancelled"](remark=Remark(text="sold"))
    monkeypatch.delitem(catalogue.UPCASTS, ("OrderCancelled", 2))
    with pytest.raises(FormError) as error:
        event_of(msgspec.structs.replace(recorded, version=1, data=msgspec.Raw(b'{"why":"sold"}')))
    assert error.value.code == "unknown_version"
