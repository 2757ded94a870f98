"""What people see of a day: the board while it is played, one line an hour without a terminal, the summary."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from dispatch.demo.summary import Summary
from dispatch.model.time import zone
from dispatch.projections.board import BoardRow
from dispatch.services.local import Local

ROWS = 18
_STATUS_STYLE = {"arrived": "green", "on_the_way": "cyan", "done": "dim", "could_not": "red", "opened": "yellow"}


class Board:
    """The live board on a terminal: the orders under way and next, and the counts, once per simulated minute."""

    def __init__(self, live: Live, time_zone: str) -> None:
        self._live = live
        self._zone = zone(time_zone)
        self._shown: dt.datetime | None = None

    def __call__(self, service: Local, now: dt.datetime) -> None:
        """Show how things stand at ``now``."""
        minute = now.replace(second=0, microsecond=0)
        if minute != self._shown:
            self._shown = minute
            self._live.update(self.render(service, now))

    def render(self, service: Local, now: dt.datetime) -> RenderableType:
        """The board at ``now``."""
        rows: list[BoardRow] = list(service.projector.rows["board"].rows.values())
        counts = Counter(row.status for row in rows)
        clock = now.astimezone(self._zone)
        head = Text(f"{clock:%a %d %b %H:%M}", style="bold")
        head.append(f"   orders on the board {len(rows)}: ")
        head.append(", ".join(f"{count} {status}" for status, count in sorted(counts.items())))
        table = Table(expand=True, header_style="bold", title="Board 调度板", title_justify="left")
        for column in ("When 时间", "What 事项", "Where 地点", "Who 人员", "State 状态"):
            table.add_column(column, no_wrap=True, overflow="ellipsis")
        ahead = [
            row
            for row in rows
            if row.start is not None and row.end is not None and row.end > now and row.status != "done"
        ]
        for row in sorted(ahead, key=lambda row: (row.start or now, row.order))[:ROWS]:
            start = (row.start or now).astimezone(self._zone)
            what = row.order if row.origin == "round" else row.category
            where = row.place.named or "on the map"
            style = _STATUS_STYLE.get(row.status, "")
            cells = (f"{start:%H:%M}", what, where, ", ".join(row.workers), row.status)
            table.add_row(*(Text(cell, style=style) for cell in cells))
        return Group(head, table)


class Hourly:
    """One line for every simulated hour, for logs and pipes."""

    def __init__(self, out: Console, time_zone: str) -> None:
        self._out = out
        self._zone = zone(time_zone)
        self._hour: tuple[int, int] | None = None

    def __call__(self, service: Local, now: dt.datetime) -> None:
        """Say how things stand when an hour begins."""
        clock = now.astimezone(self._zone)
        if (clock.day, clock.hour) != self._hour:
            self._hour = (clock.day, clock.hour)
            rows = service.projector.rows["ledger"].rows.values()
            done = sum(row.done_at is not None for row in rows)
            position = service.planner.areas.position
            self._out.print(f"{clock:%d %b %H:00}  {len(rows)} orders, {done} done, log position {position}")


def print_summary(out: Console, summary: Summary) -> None:
    """The summary for people."""
    out.print()
    span = f"Day {summary.day}" if summary.days == 1 else f"{summary.days} days from {summary.day}"
    out.print(f"{span} of the world '{summary.world}', seed {summary.seed}", style="bold")
    out.print(
        f"{summary.requests} requests: {summary.accepted} accepted, {summary.rejected} rejected, "
        f"{summary.duplicates} came again, {summary.lost} lost"
    )
    reasons = ", ".join(f"{count} {rule}" for rule, count in summary.unplanned_reasons.items()) or "none"
    out.print(
        f"{summary.orders} orders with {summary.rounds} rounds: {summary.done} done, {summary.planned} planned ahead, "
        f"{summary.cancelled} cancelled, {summary.rework} rework; not in the plan: {reasons}"
    )
    for role, load in summary.workload.items():
        out.print(f"{role}: {load.people} sent, {load.least_min} to {load.most_min} min each, mean {load.mean_min}")
    table = Table(title="Promises 承诺", title_justify="left", header_style="bold")
    for column, side in (
        ("Promise", "left"),
        ("Applied", "right"),
        ("Kept", "right"),
        ("", "left"),
        ("DOMAIN.md", "left"),
    ):
        table.add_column(column, justify=side)  # type: ignore[arg-type]
    for one in summary.promises:
        mark = (
            Text("ok", style="green")
            if one.ok
            else Text("BROKEN" if one.applied else "NEVER APPLIED", style="bold red")
        )
        table.add_row(Text(one.name), str(one.applied), str(one.kept), mark, Text(one.source))
    out.print(table)
    for one in summary.promises:
        for line in one.broken if not one.ok else ():
            out.print(f"  {one.name}: {line}")
    for note in summary.notes:
        out.print(f"Note: {note}")
    same = "equal" if summary.live_is_rebuilt else "NOT EQUAL"
    out.print(
        f"{summary.events} events in {summary.plans} plans, log {summary.digests['log']}; live and rebuilt: {same}"
    )
    out.print(f"{'All promises kept' if summary.ok else 'NOT all is well'} in {summary.seconds} s", style="bold")
