"""Whatever people say and whatever dies: nobody is in two places, no limit is broken, nothing is lost or shown wrong."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from system.histories import Histories

SETTINGS = settings(
    max_examples=200,
    stateful_step_count=40,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def test_histories_in_memory() -> None:
    run_state_machine_as_test(Histories, settings=SETTINGS)  # type: ignore[no-untyped-call]
