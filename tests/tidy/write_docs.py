"""Writes the two documents that follow from the code: the reasons and the glossary. Run it after adding to either."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from tidy.tree import ROOT

from dispatch.events.catalogue import ENTITIES, VERSIONS
from dispatch.model.catalogue import Category
from dispatch.model.contracts import Contract, Deadline, Promise, Review
from dispatch.model.people import Caps, Terms, Training, Wish
from dispatch.model.places import Every, Scans
from dispatch.model.policy import (
    ContractsPolicy,
    InspectionLevel,
    InspectionPolicy,
    Policy,
    RosterPolicy,
    RoundsPolicy,
    Weights,
    ZonePolicy,
)
from dispatch.model.posts import Post, PostShift
from dispatch.model.travel import Speeds
from dispatch.requests.reasons import REASONS
from dispatch.solver.rules import RULE_TEXT
from dispatch.store.subjects import SAID_TREES

CHINESE = {
    "request": "报事", "message": "回报 指令", "order": "工单", "worker": "人员", "schedule": "排程",
    "place": "小区 楼栋 单元", "zone": "片区",
    "round": "巡更", "home": "所属", "category": "工作目录", "policy": "调度规则", "plan": "计划",
    "post": "岗位", "roster": "排班", "horizon": "计划期", "contract": "服务合同",
    "inspection": "三级检查", "notice": "整改通知",
}  # fmt: skip
SETTINGS: dict[str, type[Any]] = {
    "Policy": Policy,
    "Policy, weights": Weights,
    "Policy, speeds": Speeds,
    "Policy, roster": RosterPolicy,
    "Policy, zones": ZonePolicy,
    "Policy, rounds": RoundsPolicy,
    "Policy, contracts": ContractsPolicy,
    "Policy, contracts, reviews": Review,
    "Policy, inspections": InspectionPolicy,
    "Policy, inspections, levels": InspectionLevel,
    "Round, every": Every,
    "Round, scans": Scans,
    "Category": Category,
    "Post": Post,
    "Post, shifts": PostShift,
    "Contract": Contract,
    "Contract, promises": Promise,
    "Contract, deadlines": Deadline,
    "Worker, caps": Caps,
    "Worker, terms": Terms,
    "Worker, trainings": Training,
    "Worker, wishes": Wish,
}
SUBJECTS = {
    "request.<area>.<kind>": "what residents and other systems ask",
    "report.<area>.<worker>": "what field staff report",
    "direct.<area>.<verb>": "what dispatchers direct",
    "answer.<area>.<id>": "the decision on what was said",
    "event.<area>.<entity>.<id>": "what is so; append only",
    "feed.<area>.<entity>.<id>": "committed events as they come, with their position",
    "view.<name>.<version>.<key>": "the rows of a read model",
    "rejected.<tree>.<area>.<position>": "what was refused, with its bytes and the reason",
    "ask.<what>": "questions to running services",
}


def first_sentence(thing: Any) -> str:
    """The first sentence of a docstring."""
    text = " ".join((inspect.getdoc(thing) or "").split())
    head, _, _ = text.partition(". ")
    return head.rstrip(".") + "."


def reasons() -> str:
    """The document of the reasons a message is rejected for."""
    lines = ["# Reasons", "", "Why a message is rejected. The codes never change.", "", "| code | what it means |"]
    lines += ["| --- | --- |", *(f"| `{code}` | {text} |" for code, text in REASONS.items())]
    return "\n".join(lines) + "\n"


def _glossary() -> Iterator[str]:
    yield "# Glossary"
    yield ""
    yield "Every event, setting, rule and subject, one line each. The names of events are the storage format."
    for kind, events in ENTITIES.items():
        yield f"\n## Events of a {kind} ({CHINESE[kind]})\n"
        for event in events:
            yield f"- **{event.__name__}** (version {VERSIONS[event.__name__]}): {first_sentence(event)}"
    for title, struct in SETTINGS.items():
        yield f"\n## Settings: {title}\n"
        text = " ".join((inspect.getdoc(struct) or "").split())
        yield f"{text}\n"
        for field in struct.__struct_fields__:
            yield f"- `{field}`"
    yield "\n## Rules\n"
    for rule, text in RULE_TEXT.items():
        yield f"- **{rule}**: {text}"
    yield "\n## Subjects\n"
    for subject, text in SUBJECTS.items():
        yield f"- `{subject}`: {text}"


def glossary() -> str:
    """The glossary."""
    return "\n".join(_glossary()) + "\n"


DOCUMENTS = {"docs/reasons.md": reasons, "docs/glossary.md": glossary}
TREES = SAID_TREES


def main() -> None:
    """Write both."""
    for path, text in DOCUMENTS.items():
        (ROOT / path).write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
