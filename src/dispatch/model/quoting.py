"""What may be repeated of what somebody sent: nothing that may be a name, a number to call, or their own words.

Reasons go into headers, answers, lists and logs, which more people read than the message itself. People put names and
numbers into any field; so it is the value that decides, not the field it stands in.
"""

from __future__ import annotations

import re

from dispatch.model.words import is_outside_id

_DATE = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_NUMBER = re.compile(r"[0-9]{5}|[0-9](?:[-._]?[0-9]){7}")
_TIME = re.compile(r"[0-9/:.+TZ -]{1,40}")
_CLASS = re.compile(r"\^(\[[^\]]+\])\{")
_DIGIT = re.compile(r"[0-9]")


def may_quote(text: str) -> bool:
    """Whether ``text`` can be repeated: it is written as an id is, and holds no number that may be somebody's.

    That is 1 to 64 of ``A-Z a-z 0-9 _ . : -``, with neither five digits in a row nor, but for a date, eight that only
    ``-``, ``.`` or ``_`` part.
    """
    return is_outside_id(text) and _NUMBER.search(_DATE.sub("", text)) is None


def quoted(value: str | float) -> str:
    """``value`` as a sentence may name it: in quotes, a number without; its length alone if it must not be told."""
    text = _plain(value)
    if text is not None and (not text or may_quote(text)):
        return repr(value)
    if isinstance(value, str):
        return f"({_counted(len(value), 'character')}, not repeated here)"
    return "(a long number, not repeated here)"


def described(value: str, pattern: str | None = None) -> str:
    """What ``value`` is, to follow a field's name: ``is 'x'``, or how long it is and where it leaves ``pattern``."""
    if may_quote(value):
        return f"is {value!r}"
    if not value:
        return "is empty"
    found = f"has {_counted(len(value), 'character')}"
    allowed = _CLASS.match(pattern) if pattern is not None else None
    if allowed is not None:
        for number, char in enumerate(value, 1):
            if re.match(allowed[1], char) is None:
                return f"{found}, of which the {_ordinal(number)} is {_named(char)}"
    if pattern is None and _TIME.fullmatch(value) and not value.isdigit():
        return f"{found}, written like {_DIGIT.sub('0', value)}"
    return found


def _plain(value: str | float) -> str | None:
    try:
        return str(value)
    except ValueError:
        # Python refuses to print integers of more than 4,300 digits.
        return None


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _ordinal(number: int) -> str:
    teen = 10 <= number % 100 <= 20
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _named(char: str) -> str:
    """What sort of character ``char`` is; itself only where it is a sign and no letter or digit."""
    if char.isspace():
        return "a blank"
    if char.isascii() and char.isprintable():
        if char.isalpha():
            return "an upper-case letter" if char.isupper() else "a letter"
        return "a digit" if char.isdigit() else f"the sign {char}"
    return "a letter other than a to z" if char.isalpha() else "no letter, digit or sign of ASCII"
