"""Finds the first thing wrong in a message that does not fit its form, from the data and the form alone.

The reason goes into headers, answers and lists: of a value it repeats what `quoting.may_quote` lets pass, of a field
that is somebody's name, number or words nothing at all. Else it says how long the value is, and where it goes wrong.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct, inspect

from dispatch.model.errors import FormError
from dispatch.model.quoting import described, may_quote

_NO_NEWLINE = r"(?!\n)"
_FIELD_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,39}$(?!\n)")

_PLAIN_NAMES = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


def diagnose(plain: dict[str, Any], forms: tuple[type[Struct], ...]) -> FormError:
    """The `FormError` that says what keeps ``plain`` from being one of ``forms``.

    ``forms`` are one Struct, or several told apart by their tag.
    """
    form = forms[0]
    if len(forms) > 1:
        field = str(form.__struct_config__.tag_field)
        by_tag = {one.__struct_config__.tag: one for one in forms}
        tag = plain.get(field)
        if field not in plain:
            return _missing(field, "")
        if not isinstance(tag, str):
            return _wrong_type(tag, "a text", field)
        if tag not in by_tag:
            return _bad_value(f"one of {', '.join(map(str, by_tag))}", field, described(tag))
        form = by_tag[tag]
    found = _struct(plain, inspect.type_info(form), "")
    # Unreachable unless msgspec refuses what the walk below lets pass; then its own words are better than none.
    return found or FormError(f"The message is not a {form.__name__}.", code="bad_value", hint="see the schema.")


def _struct(plain: dict[str, Any], info: Any, path: str, *, told: bool = True) -> FormError | None:
    fields = {field.encode_name: field for field in info.fields}
    allowed = set(fields) | ({info.tag_field} if info.tag_field else set())
    for name, field in fields.items():
        if name not in plain:
            if field.required:
                return _missing(name, path)
            continue
        found = _value(plain[name], field.type, _join(path, name), told=told)
        if found is not None:
            return found
    if info.forbid_unknown_fields:
        for name in plain:
            if name not in allowed:
                return _unknown(name, path, plain, allowed, told=told)
    return None


def _value(plain: Any, info: Any, path: str, *, told: bool) -> FormError | None:
    if isinstance(info, inspect.Metadata):
        return _value(plain, info.type, path, told=told and not (info.extra or {}).get("unquoted", False))
    if isinstance(info, inspect.UnionType):
        return _union(plain, info, path, told=told)
    match info:
        case inspect.StructType():
            if not isinstance(plain, dict):
                return _wrong_type(plain, "an object", path, told=told)
            return _struct(plain, info, path, told=told)
        case inspect.VarTupleType() | inspect.ListType():
            return _array(plain, info, path, told=told)
        case inspect.StrType():
            return _text(plain, info, path, told=told)
        case inspect.DateTimeType():
            return _instant(plain, path)
        case inspect.DateType():
            return _date(plain, path)
        case inspect.BoolType():
            return None if isinstance(plain, bool) else _wrong_type(plain, "true or false", path, told=told)
        case inspect.IntType():
            return _number(plain, info, path, whole=True)
        case inspect.FloatType():
            return _number(plain, info, path, whole=False)
        case inspect.EnumType():
            allowed = [member.value for member in info.cls]
        case inspect.LiteralType():
            allowed = list(info.values)
        case _:
            return None
    if not isinstance(plain, str):
        return _wrong_type(plain, "a text", path, told=told)
    if plain in allowed:
        return None
    return _bad_value(f"one of {', '.join(map(str, allowed))}", path, described(plain) if told else None)


def _union(plain: Any, info: Any, path: str, *, told: bool) -> FormError | None:
    if plain is None and info.includes_none:
        return None
    others = [one for one in info.types if not isinstance(one, inspect.NoneType)]
    return _value(plain, others[0], path, told=told)


def _array(plain: Any, info: Any, path: str, *, told: bool) -> FormError | None:
    if not isinstance(plain, list):
        return _wrong_type(plain, "an array", path, told=told)
    low, high = info.min_length or 0, info.max_length
    if len(plain) < low or (high is not None and len(plain) > high):
        return _out_of_range(f"{len(plain)} entries", f"{low} to {high}", path)
    for index, item in enumerate(plain):
        found = _value(item, info.item_type, f"{path}[{index}]", told=told)
        if found is not None:
            return found
    return None


def _text(plain: Any, info: Any, path: str, *, told: bool) -> FormError | None:
    if not isinstance(plain, str):
        return _wrong_type(plain, "a text", path, told=told)
    if info.max_length is not None and len(plain) > info.max_length:
        return _out_of_range(f"{len(plain)} characters", f"at most {info.max_length}", path)
    if info.pattern is not None and re.search(info.pattern, plain) is None:
        pattern = info.pattern.removesuffix(_NO_NEWLINE)
        return _bad_value(f"text that matches {pattern}", path, described(plain, pattern) if told else None)
    return None


def _number(plain: Any, info: Any, path: str, *, whole: bool) -> FormError | None:
    expected = "a whole number" if whole else "a number"
    if isinstance(plain, bool) or not isinstance(plain, (int, float)):
        return _wrong_type(plain, expected, path)
    if whole and isinstance(plain, float):
        hint = "write it without a point or an exponent." if plain.is_integer() else "it was to be rounded."
        return _wrong_type(plain, expected, path, hint=hint)
    too_low = (info.ge is not None and plain < info.ge) or (info.gt is not None and plain <= info.gt)
    too_high = (info.le is not None and plain > info.le) or (info.lt is not None and plain >= info.lt)
    if too_low or too_high or abs(plain) >= 2**63:
        low = info.ge if info.ge is not None else info.gt
        high = info.le if info.le is not None else info.lt
        return _out_of_range(_number_shown(plain), f"{low} to {high}", path)
    return None


def _instant(plain: Any, path: str) -> FormError | None:
    if not isinstance(plain, str):
        return _wrong_type(plain, "a text with an instant", path)
    try:
        instant = msgspec.convert(plain, dt.datetime)
    except msgspec.ValidationError:
        return FormError(
            f"{path} {described(plain)}; it must be an instant.",
            code="bad_instant",
            hint="2026-11-22T08:41:07+08:00 shows the way to write it.",
        )
    if instant.tzinfo is None:
        return FormError(
            f"{path} is {instant.isoformat()}, an instant without a zone.",
            code="instant_without_zone",
            hint="add Z for UTC or an offset such as +08:00.",
        )
    return None


def _date(plain: Any, path: str) -> FormError | None:
    if not isinstance(plain, str):
        return _wrong_type(plain, "a text with a date", path)
    try:
        msgspec.convert(plain, dt.date)
    except msgspec.ValidationError:
        return _bad_value("a date such as 2026-11-22", path, described(plain))
    return None


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _number_shown(plain: float) -> str:
    try:
        text = str(plain)
    except ValueError:
        # Python refuses to print integers of more than 4,300 digits.
        text = ""
    return text if may_quote(text) else f"a number too {'small' if plain < 0 else 'large'}"


def _missing(name: str, path: str) -> FormError:
    return FormError(
        f"The field {_join(path, name)} is missing.", code="missing_field", hint="the sender's form is older than ours."
    )


def _unknown(name: str, path: str, plain: Iterable[str], allowed: set[str], *, told: bool) -> FormError:
    # What stands where a field's name should may be anything, too: a number to call, or a whole sentence.
    where = path or "this form"
    if told and _FIELD_NAME.match(name) and may_quote(name):
        found = f"There is no field {name!r} in {where}."
    else:
        found = f"Field {list(plain).index(name) + 1} of {where} is none that it has."
    return FormError(found, code="unknown_field", hint=f"one of {', '.join(sorted(allowed))} was meant.")


def _wrong_type(
    plain: Any,
    expected: str,
    path: str,
    *,
    told: bool = True,
    hint: str = "quotes are missing, or should not be there.",
) -> FormError:
    kind = _PLAIN_NAMES.get(type(plain), "something else")
    found = f"{path} is {_what(plain, kind) if told else kind}"
    return FormError(f"{found}; it must be {expected}.", code="wrong_type", hint=hint)


def _what(plain: Any, kind: str) -> str:
    """``plain``, of which as much is told as may be, and of what ``kind`` it is."""
    match plain:
        case bool():
            return "true" if plain else "false"
        case str() if may_quote(plain):
            return f"{plain!r}, {kind}"
        case str():
            return f"{kind} of {len(plain)} characters"
        case int() | float() if abs(plain) < 2**63 and may_quote(str(plain)):
            return f"{plain}, {kind}"
    return kind


def _bad_value(expected: str, path: str, found: str | None) -> FormError:
    """``found``: what may be told of the value, to follow the field's name."""
    said = f"{path} must be" if found is None else f"{path} {found}; it must be"
    return FormError(f"{said} {expected}.", code="bad_value", hint="it was mistyped.")


def _out_of_range(found: str, expected: str, path: str) -> FormError:
    return FormError(f"{path} has {found}; allowed is {expected}.", code="out_of_range", hint="it was mistyped.")
