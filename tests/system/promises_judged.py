"""What must hold of the contracts in any log: judged from plain data, by code that shares nothing with the planner."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from system.log_state import Data, Happened, instant

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = dt.timedelta(days=1)


def local(at: dt.datetime) -> dt.date:
    """The day in Shanghai."""
    return at.astimezone(SHANGHAI).date()


class Judge:
    """Follows a log of contracts that promise at least two visits a month, of them one safety check, six days apart.

    ``found``: everything in it that must not be, as sentences.
    """

    def __init__(self, log: Iterable[Happened], *, freeze_days: int) -> None:
        self.found: list[str] = []
        self._freeze = freeze_days
        self._dated: dict[str, dict[str, Data]] = {}
        self._risks: dict[str, list[Data]] = {}
        self._orders: dict[str, Data] = {}
        self._away: list[tuple[str, dt.date, dt.date]] = []
        self._until: dict[str, dt.date] = {}
        published: Happened | None = None
        for one in log:
            if published is not None and one.cause != published.cause:
                self._judge_promises(published)
                published = None
            self._take(one)
            if one.type == "HorizonPublished" and one.id == "contracts":
                published = one
        if published is not None:
            self._judge_promises(published)
        opened = Counter((one["contract"], one["visit"]) for one in self._orders.values())
        self.found += [f"visit {key} has {times} orders" for key, times in opened.items() if times > 1]

    def _take(self, one: Happened) -> None:
        data = one.data
        match one.type:
            case "ContractRegistered":
                self._dated[one.id], self._risks[one.id] = {}, []
            case "VisitsDated":
                self._redate(one)
            case "VisitMoved":
                self._dated[one.id].pop(data["before"], None)
                self._dated[one.id][data["visit"]["id"]] = data["visit"]
            case "PromisesAtRisk":
                self._risks[one.id] = data["risks"]
            case "WorkerAbsent":
                self._away.append((one.id, local(instant(data["start"])), local(instant(data["end"]))))
            case "OrderOpened" if data["origin"] == "contract":
                day = local(instant(data["windows"][0]["from"]))
                self._orders[one.id] = {**data, "day": day, "outcome": "open"}
            case "OrderRescheduled" if one.id in self._orders:
                self._orders[one.id] |= {"day": local(instant(data["windows"][0]["from"])), "outcome": "open"}
            case "VisitDone" if one.id in self._orders:
                self._orders[one.id] |= {"day": local(one.happened_at), "outcome": "done"}
            case "VisitFailed" | "OrderCancelled" | "OrderClosed" if one.id in self._orders:
                done = self._orders[one.id]["outcome"] == "done"
                self._orders[one.id]["outcome"] = "done" if done else "lapsed"

    def _redate(self, one: Happened) -> None:
        """A plan dates the visits of a contract: near ones stay unless somebody cannot, and new ones replace."""
        start, until = (dt.date.fromisoformat(one.data[name]) for name in ("start", "until"))
        before, new = self._dated[one.id], {visit["id"]: visit for visit in one.data["visits"]}
        frozen = local(one.recorded_at) + self._freeze * DAY
        for key, visit in before.items():
            day = self._day(one.id, visit)
            if key not in new and start <= day < frozen and self._stands(one.id, visit):
                self.found.append(f"{one.id} loses {key} on {day}, told on {local(one.recorded_at)}, for no reason")
        for key, visit in new.items():
            day = dt.date.fromisoformat(visit["day"])
            if key not in before and day < frozen and not self._replaces(one.id, day):
                self.found.append(f"{one.id} has {key} on {day}, new inside the freeze")
            if key not in before and day.weekday() >= 5:
                self.found.append(f"{one.id} has {key} on {day}, a weekend")
        kept = {key: visit for key, visit in before.items() if not start <= dt.date.fromisoformat(visit["day"]) < until}
        self._dated[one.id] = kept | new

    def _replaces(self, contract: str, day: dt.date) -> bool:
        """Whether a visit of the contract lapsed in the month of the day, so that another may be in its place."""
        return any(
            one["contract"] == contract
            and one["outcome"] == "lapsed"
            and one["day"].replace(day=1) == day.replace(day=1)
            for one in self._orders.values()
        )

    def _order(self, contract: str, visit: Data) -> Data | None:
        return next(
            (one for one in self._orders.values() if (one["contract"], one["visit"]) == (contract, visit["id"])), None
        )

    def _day(self, contract: str, visit: Data) -> dt.date:
        order = self._order(contract, visit)
        day: dt.date = dt.date.fromisoformat(visit["day"]) if order is None else order["day"]
        return day

    def _stands(self, contract: str, visit: Data) -> bool:
        order, day = self._order(contract, visit), self._day(contract, visit)
        if order is not None and order["outcome"] != "open":
            return False
        near = (abs((day - other).days) for other in self._made(contract, but=visit["id"]))
        away = any(who == visit["helper"] and first <= day <= last for who, first, last in self._away)
        return not away and min(near, default=99) >= 6

    def _made(self, contract: str, but: str = "") -> Iterator[dt.date]:
        yield from (
            one["day"]
            for one in self._orders.values()
            if one["contract"] == contract and one["visit"] != but and one["outcome"] in {"open", "done"}
        )

    def _judge_promises(self, published: Happened) -> None:
        """Every month that is planned whole has its visits, or is named as broken."""
        start, until = (dt.date.fromisoformat(published.data[name]) for name in ("start", "until"))
        for contract, dated in self._dated.items():
            made = [
                (one["day"], one["category"])
                for one in self._orders.values()
                if one["contract"] == contract
                and (one["outcome"] == "done" or (one["outcome"] == "open" and one["day"] < start))
            ]
            planned = [(self._day(contract, one), one["category"]) for one in dated.values()]
            visits = made + [(day, category) for day, category in planned if day >= start]
            for month in {(day.year, day.month) for day, _ in visits} | {(start.year, start.month)}:
                if dt.date(month[0] + month[1] // 12, month[1] % 12 + 1, 1) > until:
                    continue
                kinds = [category for day, category in visits if (day.year, day.month) == month]
                kept = len(kinds) >= 2 and "safety-check" in kinds
                last = [dt.date.fromisoformat(one["last"]) for one in self._risks[contract] if one.get("broken")]
                named = month in {(day.year, day.month) for day in last}
                if not kept and not named:
                    self.found.append(f"{contract} lacks visits in {month} at {published.position}, and nobody says so")
