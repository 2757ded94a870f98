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
    SHARED_TOOLS = "shared_tools"
    ONCE = "once"
    PIN = "pin"
    TIE = "tie"
    # Hard, zones
    ZONE_MINUTES_CAP = "zone_minutes_cap"
    ZONE_WEEK_CAP = "zone_week_cap"
    SERVES = "serves"
    CONSENT = "consent"
    FAR = "far"
    CONNECTED = "connected"
    # Hard, teams made for a day
    TEAM_SKILL = "team_skill"
    ONE_TEAM = "one_team"
    ABSENT = "absent"
    WITHIN_DAY = "within_day"
    JOB_ORDER = "job_order"
    CONTRACTOR = "contractor"
    # Hard, patrol rounds
    ROUND_START = "round_start"
    ROUND_WAY = "round_way"
    POST = "post"
    # Hard, patrol rounds, inspections and reviews
    DRAW = "draw"
    # Hard, inspections
    INSPECTOR = "inspector"
    INSPECTION_DAY = "inspection_day"
    INSPECTIONS_CAP = "inspections_cap"
    SAMPLE = "sample"
    ZONE_SEEN = "zone_seen"
    # Hard, visits of contracts
    AGREED_DAY = "agreed_day"
    WORKDAY = "workday"
    APART = "apart"
    WEEK_MINUTES = "week_minutes"
    CONTRACTS_CAP = "contracts_cap"
    NOTICE = "notice"
    PROMISE = "promise"
    AT_RISK = "at_risk"
    # Hard, rosters; those about limits are weighted where the limit has a price
    PLACE = "place"
    TRAINING = "training"
    HOLIDAY = "holiday"
    REST = "rest"
    REST_DAYS = "rest_days"
    DAYS_IN_ROW = "days_in_row"
    NIGHTS_IN_ROW = "nights_in_row"
    OFF_IN_ROW = "off_in_row"
    SHIFT_IN_ROW = "shift_in_row"
    MINUTES = "minutes"
    MINUTES_A_WEEK = "minutes_a_week"
    DUTIES = "duties"
    WEEKENDS = "weekends"
    SHIFT_CAP = "shift_cap"
    MINIMUM = "minimum"
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
    BEYOND = "beyond"
    COMPACT = "compact"
    ZONE_PRICE = "zone_price"
    # Weighted, teams made for a day
    GRADE_END = "grade_end"
    LAST_END = "last_end"
    # Weighted, patrol rounds
    ROUND_SHARE = "round_share"
    ROUND_REPEAT = "round_repeat"
    ROUND_SPREAD = "round_spread"
    ROUND_CHANGE = "round_change"
    # Weighted, inspections
    ZONE_UNSEEN = "zone_unseen"
    SAMPLE_SHORT = "sample_short"
    # Weighted, visits of contracts
    BROKEN = "broken"
    PACE = "pace"
    WORK = "work"
    EVEN = "even"
    NEAR = "near"
    CHANGE_DAY = "change_day"
    CALLED_OFF = "called_off"
    # Weighted, rosters
    OPEN = "open"
    UNDER = "under"
    OVER = "over"
    WISH = "wish"
    WHOLE_WEEKENDS = "whole_weekends"
    FAIR_NIGHTS = "fair_nights"
    FAIR_WEEKENDS = "fair_weekends"
    FAIR_HOLIDAYS = "fair_holidays"
    PAY = "pay"
    DOUBLE_DAY = "double_day"
    ROSTER_CHANGE = "roster_change"
    # Why an order does not even reach the solver
    UNKNOWN_CATEGORY = "unknown_category"
    UNKNOWN_PLACE = "unknown_place"
    UNKNOWN_AREA = "unknown_area"
    WINDOW_PAST = "window_past"
    AWAITS_DESK = "awaits_desk"
    NOT_YET = "not_yet"
    BAD_RECORD = "bad_record"
    # Why nothing is published of what is planned ahead, beside the rules a plan breaks
    BAD_PROBLEM = "bad_problem"
    PLANNER_ERROR = "planner_error"
    # How a walk was walked, see `model.watching`
    CHECKPOINT_LATE = "checkpoint_late"
    CHECKPOINT_CAME_LATE = "checkpoint_came_late"
    CHECKPOINT_MISSED = "checkpoint_missed"
    CHECKPOINT_OUT_OF_ORDER = "checkpoint_out_of_order"


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
    Rule.SHARED_TOOLS: "At no time do more duties have a shared tool along than there are pieces of it.",
    Rule.ONCE: "Every visit is planned once or named as unplanned, never both, never twice.",
    Rule.PIN: "What a dispatcher pinned, and what is frozen or under way, stays as it is.",
    Rule.TIE: "Visits bound to each other keep gap and day, and are for different or the same people; or all stay out.",
    Rule.ZONE_MINUTES_CAP: "The zones of one helper take no more minutes a day than the cap.",
    Rule.ZONE_WEEK_CAP: "The zones of one helper take no more minutes a week than the cap.",
    Rule.SERVES: "A zone is with somebody who serves the part of town it lies in.",
    Rule.CONSENT: "A zone is with somebody its client agreed to, and with nobody the client ruled out.",
    Rule.FAR: "No zone lies farther from its helper's base than the walk allowed.",
    Rule.CONNECTED: "The zones of one helper hang together, neighbour by neighbour.",
    Rule.TEAM_SKILL: "The members of a team together have the people at the levels each of its jobs needs.",
    Rule.ONE_TEAM: "On each day everybody is in one team or off, and a team stays as it is for the whole day.",
    Rule.ABSENT: "Nobody is in a team on a day they are absent, nor has a shift that an absence takes too much of.",
    Rule.WITHIN_DAY: "A job takes its time without interruption, within one day.",
    Rule.JOB_ORDER: "A job starts when all that comes before it has ended.",
    Rule.CONTRACTOR: "What is handed out has a price, takes along all that comes after it, and keeps the budget.",
    Rule.ROUND_START: "A round starts inside its band or near enough to its moment, on the raster of the draw.",
    Rule.ROUND_WAY: "Each checkpoint is passed once, the first again last if asked, on a way near the shortest.",
    Rule.POST: "Who is bound to a post stands there for its whole span.",
    Rule.DRAW: "Starts, orders and samples are what the recorded seed gives, and its commitment is that seed's.",
    Rule.INSPECTOR: "Work is re-checked by somebody of that level who may go to its zone and is not of its team.",
    Rule.INSPECTION_DAY: "Work is re-checked on a day of the inspector, not before it was ready for that level.",
    Rule.INSPECTIONS_CAP: "No more inspections by one person on one day than their cap.",
    Rule.SAMPLE: "Each level re-checks as much as asked of what the level below had, or says why it cannot.",
    Rule.ZONE_SEEN: "Each level sees every zone that the level below had, or names it where nobody can go there.",
    Rule.AGREED_DAY: "A visit is on a day the contract allows: in force, a weekday agreed, no holiday.",
    Rule.WORKDAY: "A visit is on a day on which its helper works.",
    Rule.APART: "Visits that count for one promise are as many days apart as agreed, of one kind never on one day.",
    Rule.WEEK_MINUTES: "No more minutes of visits in a week than the helper's cap.",
    Rule.CONTRACTS_CAP: "No helper visits more contracts than the cap.",
    Rule.NOTICE: "Nothing new is dated inside the notice, and what was told there stays.",
    Rule.PROMISE: "Every promise is kept in its period, or named with what it is short of and why.",
    Rule.AT_RISK: "A promise that is about to break is named before it does, with the last day to keep it.",
    Rule.PLACE: "A duty is on a shift and post that is to be covered, and nobody has two on one day.",
    Rule.TRAINING: "A day with a training is taken by it.",
    Rule.HOLIDAY: "Nobody works on a holiday who has it off by agreement.",
    Rule.REST: "Between two days of work there is the rest agreed, and no shift follows that must not.",
    Rule.REST_DAYS: "Of any days that follow each other at least as many as agreed are free.",
    Rule.DAYS_IN_ROW: "Work on no more days in a row than the limit, and on no fewer.",
    Rule.NIGHTS_IN_ROW: "Nights in a row, no more than the limit, and no fewer.",
    Rule.OFF_IN_ROW: "Days off in a row, no fewer than the limit, and no more.",
    Rule.SHIFT_IN_ROW: "The same shift on no more days in a row than the limit, and on no fewer.",
    Rule.MINUTES: "Minutes of work over all days planned, within the limit.",
    Rule.MINUTES_A_WEEK: "Minutes of work in each week, within the limit.",
    Rule.DUTIES: "Shifts over all days planned, within the limit.",
    Rule.WEEKENDS: "Weekends of which a day is worked, within the limit.",
    Rule.SHIFT_CAP: "No more of a kind of shift than agreed.",
    Rule.MINIMUM: "No place is below its minimum while somebody able is free; what is open is named, and why.",
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
    Rule.BALANCE: "The heaviest workload among the helpers.",
    Rule.BEYOND: "Minutes on foot by which a zone lies beyond the walk wanted from its helper's base.",
    Rule.COMPACT: "The way between a zone and the middle of the zones of its helper.",
    Rule.ZONE_PRICE: "What giving a zone to its helper costs beside everything else.",
    Rule.GRADE_END: "The latest end among the jobs of a grade.",
    Rule.LAST_END: "The latest end of all jobs.",
    Rule.ROUND_SHARE: "Rounds that guards walk beyond their share by time on duty away from posts.",
    Rule.ROUND_REPEAT: "A start as far from its nominal time as one of the last few of the same round.",
    Rule.ROUND_SPREAD: "Entropy that the starts of a round lack of the least asked.",
    Rule.ROUND_CHANGE: "A guard on a told walk who was not told of it.",
    Rule.ZONE_UNSEEN: "A zone that a level cannot see.",
    Rule.SAMPLE_SHORT: "A piece of work that the sample of a level lacks.",
    Rule.BROKEN: "A promise not kept in its period.",
    Rule.PACE: "A visit that a period which goes on behind the plan is behind its share.",
    Rule.WORK: "Minutes of visits.",
    Rule.EVEN: "Minutes of a day's work, times the part of the day they take.",
    Rule.NEAR: "The shortest tree that joins a helper's base and the places of a day.",
    Rule.CHANGE_DAY: "A told visit moved to another day.",
    Rule.CALLED_OFF: "A told visit that is not made.",
    Rule.OPEN: "A place open below its minimum.",
    Rule.UNDER: "A place fewer than wanted.",
    Rule.OVER: "A place more than wanted.",
    Rule.WISH: "A wish not met.",
    Rule.WHOLE_WEEKENDS: "A weekend of which one day is worked and one is not.",
    Rule.FAIR_NIGHTS: "Nights beyond an equal share, with those already worked.",
    Rule.FAIR_WEEKENDS: "Weekends beyond an equal share, with those already worked.",
    Rule.FAIR_HOLIDAYS: "Holidays beyond an equal share, with those already worked.",
    Rule.PAY: "What the hours of a duty cost.",
    Rule.DOUBLE_DAY: "A duty on a holiday at double pay.",
    Rule.ROSTER_CHANGE: "A day told to somebody that is another now.",
    Rule.UNKNOWN_CATEGORY: "The catalogue does not have this category of work yet.",
    Rule.UNKNOWN_PLACE: "This place is not registered yet.",
    Rule.UNKNOWN_AREA: "Nobody is registered in this area yet.",
    Rule.WINDOW_PAST: "The agreed window has passed.",
    Rule.AWAITS_DESK: "Nobody could do it as agreed; the desk must agree a new time.",
    Rule.NOT_YET: "The planner has not looked at it yet.",
    Rule.BAD_RECORD: "What is registered of it cannot be planned as it stands; it is left aside.",
    Rule.BAD_PROBLEM: "What is asked contradicts itself, so that nothing can be planned.",
    Rule.PLANNER_ERROR: "The planner failed at it; what was published stays until something of it changes.",
    Rule.CHECKPOINT_LATE: "A checkpoint was not scanned in time.",
    Rule.CHECKPOINT_CAME_LATE: "A checkpoint was scanned too late.",
    Rule.CHECKPOINT_MISSED: "A checkpoint was not scanned.",
    Rule.CHECKPOINT_OUT_OF_ORDER: "A checkpoint was scanned after one that comes behind it.",
}
"""What each rule says, one sentence, for documents and for people who ask."""
