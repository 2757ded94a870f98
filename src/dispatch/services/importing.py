"""Importing a ledger: its rows as requests, said in the order they were reported, every answer waited for."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from dispatch.model.errors import SettingError
from dispatch.services.client import Client, Saying
from dispatch.services.ledger.files import aside_path, read_ledger, write_aside
from dispatch.services.ledger.mapping import Mapping, read_mapping
from dispatch.services.ledger.rows import Fault, LedgerRow, Ready, request_of

AT_ONCE = 1000
"""Requests whose answers are awaited together when no pace is given."""


class Report(Struct, frozen=True, kw_only=True):
    """What became of every row: ``rows`` = ``sent`` + ``bad``, ``sent`` = ``accepted`` + ``rejected``.

    ``bad`` rows could not be made into a request, ``rejected`` ones were refused by the desk; ``faults`` says of
    each which and why, in order of their lines, ``by_reason`` counts them by code. ``kept``: the file they are in.
    """

    rows: int
    sent: int
    accepted: int
    rejected: int
    bad: int
    by_reason: dict[str, int]
    faults: tuple[Fault, ...]
    blank: int = 0
    kept: str = ""


PACE_MAX_MIN = 366 * 24 * 60
OnProgress = Callable[[int, int], None]
"""Called with the number of rows done and of all rows."""


async def import_file(
    client: Client,
    path: Path,
    map_path: Path,
    *,
    rejected: Path | None = None,
    pace: int = 0,
    on_progress: OnProgress | None = None,
) -> Report:
    """Import the ledger ``path`` as ``map_path`` says; rows not accepted go to ``rejected`` (`aside_path` if unset).

    Raises `FormError` if the map or the header is not what it must be, `SettingError` if rows could not be kept.
    """
    mapping = read_mapping(map_path)
    ledger = read_ledger(path, mapping)
    aside = aside_path(path, rejected)
    report = await import_ledger(client, ledger.rows, mapping, pace=pace, on_progress=on_progress)
    by_line = {row.line: row for row in ledger.rows}
    kept = write_aside(aside, ledger, [(by_line[fault.line], fault) for fault in report.faults], mapping)
    return Report(
        **{name: getattr(report, name) for name in Report.__struct_fields__ if name not in {"blank", "kept"}},
        blank=ledger.blank,
        kept=str(kept) if kept else "",
    )


async def import_ledger(
    client: Client,
    rows: Iterable[LedgerRow],
    mapping: Mapping,
    *,
    pace: int = 0,
    on_progress: OnProgress | None = None,
) -> Report:
    """Say ``rows`` as requests in the order they were reported, and wait for all answers.

    ``pace``: minutes of reported time sent at once, after which everything is planned before the next are sent, so
    that services on a following clock live through the days as they were; 0 sends as fast as it goes. Repeating an
    import gives the same answers and no second work order. Raises `Unavailable` if nobody decides.
    """
    if not 0 <= pace <= PACE_MAX_MIN:
        raise SettingError(
            f"A pace of {pace} minutes is not possible.",
            hint=f"0 sends as fast as it goes, {PACE_MAX_MIN} a year at a time.",
        )
    faults: list[Fault] = []
    ready: list[Ready] = []
    for row in rows:
        made = request_of(row, mapping)
        if isinstance(made, Fault):
            faults.append(made)
        else:
            ready.append(made)
    bad, total, accepted = len(faults), len(faults) + len(ready), 0
    ready.sort(key=lambda one: one.reported_at)
    done = bad
    for group in _groups(ready, pace):
        answers = await client.say([Saying(one.subject, one.body) for one in group])
        for one, answer in zip(group, answers, strict=True):
            if answer.decision == "accepted":
                accepted += 1
            else:
                fault = Fault(line=one.row.line, code=answer.code, reason=answer.reason, hint=answer.hint)
                faults.append(fault)
        done += len(group)
        if on_progress is not None:
            on_progress(done, total)
        if pace:
            await client.settled()
    return Report(
        rows=total,
        sent=len(ready),
        accepted=accepted,
        rejected=len(ready) - accepted,
        bad=bad,
        by_reason=dict(sorted(Counter(fault.code for fault in faults).items())),
        faults=tuple(sorted(faults, key=lambda fault: fault.line)),
    )


def _groups(ready: Sequence[Ready], pace: int) -> Iterator[Sequence[Ready]]:
    if not pace:
        for start in range(0, len(ready), AT_ONCE):
            yield ready[start : start + AT_ONCE]
        return
    span = dt.timedelta(minutes=pace)
    first = ready[0].reported_at if ready else None
    for _, group in itertools.groupby(ready, key=lambda one: (one.reported_at - first) // span):  # type: ignore[operator]
        yield list(group)
