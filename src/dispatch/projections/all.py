"""All projections of the service, one line each. A new one is a file of its own and a line here."""

from __future__ import annotations

from typing import Any

from dispatch.projections.base import Projection
from dispatch.projections.board import Board
from dispatch.projections.contacts import Contacts
from dispatch.projections.contracts import Contracts
from dispatch.projections.inspections import Inspections
from dispatch.projections.intake import Intake
from dispatch.projections.ledger import Ledger
from dispatch.projections.register import RegisterView
from dispatch.projections.roster import Roster
from dispatch.projections.tasks import Tasks
from dispatch.projections.unplanned import Unplanned
from dispatch.projections.workload import Workload

PROJECTIONS: tuple[Projection[Any], ...] = (
    Board(),
    Tasks(),
    Workload(),
    Ledger(),
    Unplanned(),
    RegisterView(),
    Contacts(),
    Intake(),
    Roster(),
    Contracts(),
    Inspections(),
)
"""In the order they are caught up at start."""
