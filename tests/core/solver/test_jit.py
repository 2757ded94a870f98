"""What is compiled: what Python may call, and what it may not."""

from __future__ import annotations

import pytest

from dispatch.solver.jit import compiled, entry, inlined


@inlined
def doubled(value: int) -> int:
    return value * 2


@compiled
def raised(value: int) -> int:
    return doubled(value) + 1


@entry
def given(value: int) -> int:
    return raised(value)


def test_an_entry_may_be_called_and_calls_the_others() -> None:
    assert given(20) == 41


def test_a_call_of_what_is_no_entry_is_refused() -> None:
    for function in (doubled, raised):
        with pytest.raises(TypeError, match=r"^Only machine code may call (doubled|raised), Python did\."):
            function(20)
