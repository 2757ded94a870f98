"""The rules by name. The same word stands in findings, reasons, costs, documents and on the board."""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    """Every rule a plan is held to. Hard rules are never broken; weighted ones are paid for in minutes."""

    # Hard, within one route
    SKILL = "skill"
    ALLOWED = "allowed"
    SHIFT = "shift"
    BREAK = "break"
    OVERLAP = "overlap"
    WINDOW = "window"
    VISITS_CAP = "visits_cap"
    MINUTES_CAP = "minutes_cap"
    WEIGHT_CAP = "weight_cap"
    TOOLS = "tools"
    PARTS = "parts"
    # Hard, within one route, and zones
    HOUSEHOLDS_CAP = "households_cap"
    # Hard, across routes
    CREW = "crew"
    ONCE = "once"
    PIN = "pin"
    TIE = "tie"
    # Hard, zones
    ZONE_MINUTES_CAP = "zone_minutes_cap"
    # Hard, teams made for a day
    TEAM_SKILL = "team_skill"
    ONE_TEAM = "one_team"
    ABSENT = "absent"
    WITHIN_DAY = "within_day"
    JOB_ORDER = "job_order"
    CONTRACTOR = "contractor"
    # Weighted, routes
    TRAVEL = "travel"
    LATE = "late"
    CHANGE_WORKER = "change_worker"
    CHANGE_MINUTE = "change_minute"
    CONTINUITY = "continuity"
    DUTY_PRICE = "duty_price"
    DURATION = "duration"
    OVERTIME = "overtime"
    GREATEST_LATE = "greatest_late"
    FAIR = "fair"
    UNPLANNED = "unplanned"
    # Weighted, zones
    MOVED = "moved"
    DISTANCE = "distance"
    BALANCE = "balance"
    # Weighted, teams made for a day
    GRADE_END = "grade_end"
    LAST_END = "last_end"
    # Why an order does not even reach the solver
    UNKNOWN_CATEGORY = "unknown_category"
    UNKNOWN_PLACE = "unknown_place"
    UNKNOWN_AREA = "unknown_area"
    WINDOW_PAST = "window_past"
    AWAITS_DESK = "awaits_desk"


RULE_TEXT: dict[Rule, str] = {
    Rule.SKILL: "Everybody sent holds the skill at the level asked, with a certificate valid on that day.",
    Rule.ALLOWED: "Only people who may go are sent: of those named where some are, and nobody excluded.",
    Rule.SHIFT: "Work and the travel to it lie inside one duty of the worker, absences taken out.",
    Rule.BREAK: "Every break of the duty is taken whole, inside its span, without work or travel.",
    Rule.OVERLAP: "A worker does one thing at a time, and has the time to travel between two places.",
    Rule.WINDOW: "A visit starts and ends inside one of the windows agreed.",
    Rule.VISITS_CAP: "No more visits on one duty, nor on one day, than the worker's cap.",
    Rule.MINUTES_CAP: "No more minutes of work on one duty, nor on one day, than the worker's cap.",
    Rule.WEIGHT_CAP: "No more weight of work on one duty than the worker's cap.",
    Rule.TOOLS: "Everybody sent has every tool asked for, carried from the start or taken at a store before.",
    Rule.PARTS: "Everybody sent has the parts asked for left, from their bag or from a store passed before.",
    Rule.HOUSEHOLDS_CAP: "No more households on one duty, or in the zones of one helper, than the cap.",
    Rule.CREW: "As many different people as needed are at a visit, all at the same moment.",
    Rule.ONCE: "Every visit is planned once or named as unplanned, never both, never twice.",
    Rule.PIN: "What a dispatcher pinned, and what is frozen or under way, stays as it is.",
    Rule.TIE: "Visits bound to each other keep gap and day, and are for different or the same people; or all stay out.",
    Rule.ZONE_MINUTES_CAP: "The zones of one helper take no more minutes a day than the cap.",
    Rule.TEAM_SKILL: "The members of a team together have the people at the levels each of its jobs needs.",
    Rule.ONE_TEAM: "On each day everybody is in one team or off, and a team stays as it is for the whole day.",
    Rule.ABSENT: "Nobody is in a team on a day on which they are absent.",
    Rule.WITHIN_DAY: "A job takes its time without interruption, within one day.",
    Rule.JOB_ORDER: "A job starts when all that comes before it has ended.",
    Rule.CONTRACTOR: "What is handed out has a price, takes along all that comes after it, and keeps the budget.",
    Rule.TRAVEL: "Minutes under way.",
    Rule.LATE: "Minutes after the promised arrival.",
    Rule.CHANGE_WORKER: "A told visit given to other people.",
    Rule.CHANGE_MINUTE: "Minutes by which a told start moves.",
    Rule.CONTINUITY: "A visit given to somebody other than the household's or zone's own worker.",
    Rule.DUTY_PRICE: "A duty that has any visit, at its price.",
    Rule.DURATION: "Minutes of a duty from the latest start that reaches its first stop in time to its end.",
    Rule.OVERTIME: "Minutes of a duty after its regular end.",
    Rule.GREATEST_LATE: "Minutes by which the latest of all visits is late.",
    Rule.FAIR: "Minutes by which the work on the fullest duty exceeds the mean over all duties.",
    Rule.UNPLANNED: "A visit that stays out, at its price.",
    Rule.MOVED: "A zone taken from the helper who has it.",
    Rule.DISTANCE: "The way from the helper's base to the zone.",
    Rule.BALANCE: "The heaviest workload a day among the helpers.",
    Rule.GRADE_END: "The latest end among the jobs of a grade.",
    Rule.LAST_END: "The latest end of all jobs.",
    Rule.UNKNOWN_CATEGORY: "The catalogue does not have this category of work yet.",
    Rule.UNKNOWN_PLACE: "This place is not registered yet.",
    Rule.UNKNOWN_AREA: "Nobody is registered in this area yet.",
    Rule.WINDOW_PAST: "The agreed window has passed.",
    Rule.AWAITS_DESK: "Nobody could do it as agreed; the desk must agree a new time.",
}
"""What each rule says, one sentence, for documents and for people who ask."""
