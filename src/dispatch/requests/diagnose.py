"""Finds the first thing wrong in a message that does not fit its form, from the data and the form alone.

The reason goes into headers, answers and lists, so values are quoted, but never one of a field that may be personal.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import msgspec
from msgspec import Struct, inspect

from dispatch.model.errors import FormError

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
            return _wrong_type(tag, "a text", field, _show(tag))
        if tag not in by_tag:
            return _bad_value(f"one of {', '.join(map(str, by_tag))}", field, _show(tag))
        form = by_tag[tag]
    found = _struct(plain, inspect.type_info(form), "")
    # Unreachable unless msgspec refuses what the walk below lets pass; then its own words are better than none.
    return found or FormError(f"The message is not a {form.__name__}.", code="bad_value", hint="see the schema.")


def _struct(plain: dict[str, Any], info: Any, path: str, *, quoted: bool = True) -> FormError | None:
    fields = {field.encode_name: field for field in info.fields}
    allowed = set(fields) | ({info.tag_field} if info.tag_field else set())
    for name, field in fields.items():
        if name not in plain:
            if field.required:
                return _missing(name, path)
            continue
        found = _value(plain[name], field.type, _join(path, name), quoted=quoted)
        if found is not None:
            return found
    if info.forbid_unknown_fields:
        for name in plain:
            if name not in allowed:
                return _unknown(name, path, allowed, quoted=quoted)
    return None


def _value(plain: Any, info: Any, path: str, *, quoted: bool) -> FormError | None:
    if isinstance(info, inspect.Metadata):
        return _value(plain, info.type, path, quoted=quoted and not (info.extra or {}).get("unquoted", False))
    if isinstance(info, inspect.UnionType):
        return _union(plain, info, path, quoted=quoted)
    shown = _show(plain) if quoted else None
    match info:
        case inspect.StructType():
            if not isinstance(plain, dict):
                return _wrong_type(plain, "an object", path, shown)
            return _struct(plain, info, path, quoted=quoted)
        case inspect.VarTupleType() | inspect.ListType():
            return _array(plain, info, path, quoted=quoted)
        case inspect.StrType():
            return _text(plain, info, path, shown)
        case inspect.DateTimeType():
            return _instant(plain, path)
        case inspect.DateType():
            return _date(plain, path)
        case inspect.BoolType():
            return None if isinstance(plain, bool) else _wrong_type(plain, "true or false", path, shown)
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
        return _wrong_type(plain, "a text", path, shown)
    return None if plain in allowed else _bad_value(f"one of {', '.join(map(str, allowed))}", path, shown)


def _union(plain: Any, info: Any, path: str, *, quoted: bool) -> FormError | None:
    if plain is None and info.includes_none:
        return None
    others = [one for one in info.types if not isinstance(one, inspect.NoneType)]
    return _value(plain, others[0], path, quoted=quoted)


def _array(plain: Any, info: Any, path: str, *, quoted: bool) -> FormError | None:
    if not isinstance(plain, list):
        return _wrong_type(plain, "an array", path, _show(plain) if quoted else None)
    low, high = info.min_length or 0, info.max_length
    if len(plain) < low or (high is not None and len(plain) > high):
        return _out_of_range(f"{len(plain)} entries", f"{low} to {high}", path)
    for index, item in enumerate(plain):
        found = _value(item, info.item_type, f"{path}[{index}]", quoted=quoted)
        if found is not None:
            return found
    return None


def _text(plain: Any, info: Any, path: str, shown: str | None) -> FormError | None:
    if not isinstance(plain, str):
        return _wrong_type(plain, "a text", path, shown)
    if info.max_length is not None and len(plain) > info.max_length:
        return _out_of_range(f"{len(plain)} characters", f"at most {info.max_length}", path)
    if info.pattern is not None and re.search(info.pattern, plain) is None:
        return _bad_value(f"text that matches {info.pattern.removesuffix(_NO_NEWLINE)}", path, shown)
    return None


def _number(plain: Any, info: Any, path: str, *, whole: bool) -> FormError | None:
    expected = "a whole number" if whole else "a number"
    if isinstance(plain, bool) or not isinstance(plain, (int, float)):
        return _wrong_type(plain, expected, path, _show(plain))
    if whole and isinstance(plain, float):
        hint = "write it without a point or an exponent." if plain.is_integer() else "it was to be rounded."
        return _wrong_type(plain, expected, path, _show(plain), hint=hint)
    too_low = (info.ge is not None and plain < info.ge) or (info.gt is not None and plain <= info.gt)
    too_high = (info.le is not None and plain > info.le) or (info.lt is not None and plain >= info.lt)
    if too_low or too_high or abs(plain) >= 2**63:
        low = info.ge if info.ge is not None else info.gt
        high = info.le if info.le is not None else info.lt
        return _out_of_range(_show(plain), f"{low} to {high}", path)
    return None


def _instant(plain: Any, path: str) -> FormError | None:
    if not isinstance(plain, str):
        return _wrong_type(plain, "a text with an instant", path, _show(plain))
    try:
        instant = msgspec.convert(plain, dt.datetime)
    except msgspec.ValidationError:
        return FormError(
            f"{path} is {_show(plain)}, which is not an instant.",
            code="bad_instant",
            hint="2026-11-22T08:41:07+08:00 shows the way to write it.",
        )
    if instant.tzinfo is None:
        return FormError(
            f"{path} is {_show(plain)}, an instant without a zone.",
            code="instant_without_zone",
            hint="add Z for UTC or an offset such as +08:00.",
        )
    return None


def _date(plain: Any, path: str) -> FormError | None:
    if not isinstance(plain, str):
        return _wrong_type(plain, "a text with a date", path, _show(plain))
    try:
        msgspec.convert(plain, dt.date)
    except msgspec.ValidationError:
        return _bad_value("a date such as 2026-11-22", path, _show(plain))
    return None


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _show(value: Any) -> str:
    """``value`` as a message may quote it: never more than 60 characters of it."""
    try:
        text = repr(value)
    except ValueError:
        # Python refuses to print integers of more than 4,300 digits.
        return "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _missing(name: str, path: str) -> FormError:
    return FormError(
        f"The field {_join(path, name)} is missing.", code="missing_field", hint="the sender's form is older than ours."
    )


def _unknown(name: str, path: str, allowed: set[str], *, quoted: bool) -> FormError:
    # What stands where a field's name should may be anything, too: a number to call, or a whole sentence.
    field = f"field {_join(path, name)!r}" if quoted and _FIELD_NAME.match(name) else "such field"
    where = path or "this form"
    return FormError(
        f"There is no {field} in {where}.",
        code="unknown_field",
        hint=f"one of {', '.join(sorted(allowed))} was meant.",
    )


def _wrong_type(
    plain: Any,
    expected: str,
    path: str,
    shown: str | None,
    *,
    hint: str = "quotes are missing, or should not be there.",
) -> FormError:
    kind = _PLAIN_NAMES.get(type(plain), "something else")
    found = kind if shown is None else f"{shown}, {kind}"
    return FormError(f"{path} is {found}; it must be {expected}.", code="wrong_type", hint=hint)


def _bad_value(expected: str, path: str, shown: str | None) -> FormError:
    found = f"{path} is {shown}; it" if shown is not None else path
    return FormError(f"{found} must be {expected}.", code="bad_value", hint="it was mistyped.")


def _out_of_range(found: str, expected: str, path: str) -> FormError:
    return FormError(f"{path} has {found}; allowed is {expected}.", code="out_of_range", hint="it was mistyped.")
