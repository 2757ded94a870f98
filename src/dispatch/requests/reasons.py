"""Why a message is rejected: every reason code, and in one sentence what it means. The codes never change."""

from __future__ import annotations

REASONS: dict[str, str] = {
    # The subject
    "bad_subject": "The subject has too few or too many parts, or a part that is no token.",
    "reserved_area": "The area 'all' is reserved for what holds everywhere.",
    "unknown_kind": "There is no such kind of request.",
    "unknown_verb": "There is no such direction.",
    # The bytes
    "empty_body": "The message has no body.",
    "too_large": "The body is larger than a request may be.",
    "bad_utf8": "The body is not UTF-8.",
    "too_deep": "The body is nested deeper than a request ever is.",
    "bad_json": "The body is not JSON.",
    "not_an_object": "The body is JSON, but not an object.",
    # The fields
    "unknown_version": "The form's version is not one this release reads.",
    "missing_field": "A required field is missing.",
    "unknown_field": "There is a field the form does not have.",
    "field_twice": "The same field is given twice in one object.",
    "wrong_type": "A field holds another type of value than it must.",
    "bad_value": "A field's value does not follow its pattern or is not one of those allowed.",
    "out_of_range": "A number or a length lies outside what is allowed.",
    "bad_instant": "An instant is not written as RFC 3339 asks.",
    "instant_without_zone": "An instant has no zone.",
    "instant_out_of_range": "An instant lies outside the years 1970 to 2099.",
    "reported_in_future": "What is reported lies more than a day in the future.",
    "window_reversed": "A window ends before it starts, or when it starts.",
    "window_too_short": "No window is as long as the work takes.",
    "windows_twice": "Both window and windows are given.",
    "bad_place": "A place is not exactly one of unit, site, checkpoint, or lat with lon.",
    "ambiguous_place": "Several areas have a place of this id, and the area named is none of them.",
    "bad_record": "A direction to register does not carry exactly one record.",
    "bad_time_zone": "There is no such time zone.",
    # The rules
    "id_conflict": "This id was accepted before with other content.",
    "unknown_order": "There is no such work order.",
    "unknown_worker": "There is no such worker in this area.",
    "known_there": "The area it is to move to has another record of that id: what names one would then mean the other.",
    "works_elsewhere": "The worker is registered in another area; nobody has two schedules.",
    "unknown_record": "There is no such record in this area.",
    "before_order": "The report is of a time long before the order was reported.",
    "not_yours": "The order is not planned for whoever reports.",
    "not_a_round": "A hazard is reported on a round, and the order is none.",
    "too_few_people": "Fewer people are named than the order needs.",
    "order_moved": "The order went to another area with its place; what concerns it is to be said there.",
    "order_ended": "The order is closed or cancelled.",
    "not_now": "The order is not in a state in which this can happen.",
    "internal_error": "Something went wrong here, not with the message; it can be sent again from the rejected.",
    "absence_reversed": "The absence ends before it starts.",
}
