"""The command ``calendar propose``: public holidays and days worked instead, as a part of a policy to be sent.

It proposes; the agreement decides. The days come from the library `holidays`, which keeps them by country.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from dispatch.cli.common import AsJson, print_json, print_table, say
from dispatch.model.errors import SettingError

if TYPE_CHECKING:
    from holidays import HolidayBase

_LANGUAGE = "en_US"


class Fragment(Struct, frozen=True, kw_only=True):
    """The part of a policy (`Policy`) that says which days are holidays, and which are worked instead."""

    holidays: tuple[dt.date, ...]
    workdays: tuple[dt.date, ...]


class Proposal(Struct, frozen=True, kw_only=True):
    """What is proposed for a ``country`` and ``year``; ``names`` of the holidays in order."""

    country: str
    year: int
    policy: Fragment
    names: tuple[str, ...]


def add_to(app: typer.Typer) -> None:
    """Add the group ``calendar`` to ``app``."""
    group = typer.Typer(help="Public holidays, and days that are worked instead of others.", no_args_is_help=True)
    # A group of one command would else be that command.
    group.callback()(_group)
    group.command()(propose)
    app.add_typer(group, name="calendar")


def _group() -> None:
    """Public holidays, and days that are worked instead of others."""


def propose(
    country: Annotated[str, typer.Option("--country", help="Two letters of ISO 3166-1, such as CN.")],
    year: Annotated[int, typer.Option("--year", help="The year, such as 2027.")],
    as_json: AsJson = False,
) -> None:
    """Propose the holidays and the days worked instead of a year, to be put into an area's policy."""
    found = proposal(country, year)
    if as_json:
        print_json(found)
        return
    rows = [(day, f"{day:%a}", name) for day, name in zip(found.policy.holidays, found.names, strict=True)]
    print_table(f"Holidays of {found.country} in {year}", ("day*", "weekday*", "name"), rows)
    say("\n[policy]")
    say(f"holidays = [{', '.join(map(str, found.policy.holidays))}]")
    say(f"workdays = [{', '.join(map(str, found.policy.workdays))}]")
    if not found.policy.workdays:
        say(f"# No day worked instead of another is known for {year}; some are announced as late as the year before.")


def proposal(country: str, year: int) -> Proposal:
    """What is known of the ``year`` in ``country``. Raises `SettingError` for a country or year nothing is known of."""
    known = _known(country.upper(), year)
    days = sorted(day for day in known if day.year == year)
    if not days:
        raise SettingError(
            f"No holidays of {country.upper()} are known for {year}.",
            hint=f"a year from {known.start_year} to {known.end_year} was meant.",
        )
    worked = tuple(sorted(day for day in known.weekend_workdays if day.year == year))
    return Proposal(
        country=country.upper(),
        year=year,
        policy=Fragment(holidays=tuple(days), workdays=worked),
        names=tuple(known[day] for day in days),
    )


def _known(country: str, year: int) -> HolidayBase:
    # What other commands do not need is imported where it is used.
    from holidays import country_holidays, list_supported_countries

    if country not in list_supported_countries():
        raise SettingError(
            f"No calendar is known for the country {country!r}.", hint="two letters of ISO 3166-1, as CN, were meant."
        )
    return country_holidays(country, years=year, language=_LANGUAGE)
