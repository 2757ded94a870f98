"""Where an answer may be sent: any plain subject but those that belong to the service or the server."""

from __future__ import annotations

import pytest

from dispatch.requests.answer import may_reply_to


@pytest.mark.parametrize("subject", ["_INBOX.x9.1", "desk.answers", "a", "A.b-c_d:1,2/3", "x" * 256, "asked.for"])
def test_plain_subjects_may_be_answered_to(subject: str) -> None:
    assert may_reply_to(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "", ".", "a.", ".a", "a..b", "a b", "a\tb", "a\r\nPUB event.x 1", "a\n", "a\x00", "\x7f", "报修", "x" * 257,
        "*", "a.*", "a.>", ">", "$JS.API.STREAM.DELETE.EVENTS", "$SYS.x", "$KV.dispatch-leases.x",
        "event.east.order.x", "event", "feed.x", "view.board.1.x", "rejected.x", "answer.east.1",
        "request.east.repair", "report.east.w1", "direct.east.cancel", "ask.status",
    ],
)  # fmt: skip
def test_nobody_can_have_the_desk_speak_in_somebody_elses_name(subject: str) -> None:
    assert not may_reply_to(subject)
