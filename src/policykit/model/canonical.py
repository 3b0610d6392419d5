"""Canonical JSON (RFC 8785): the one form in which what is digested is written, so that other tools find the same.

Numbers that a 64-bit float cannot hold exactly stay whole numbers all digits: our counts go up to 10^18.
"""

import hashlib
import json
from decimal import Decimal

_SHORT, _LONG = -6, 21
"""The exponents of ten from and to which a number is written without one, as ECMAScript does."""


def canonical(value: object) -> bytes:
    """The bytes of a tree of JSON values. Raises ValueError for what JSON cannot hold: NaN, or half a character."""
    return _written(value).encode()


def sha256_of(data: bytes) -> str:
    """The digest of some bytes, as all of our files write it."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _written(value: object) -> str:
    match value:
        case dict():
            ordered = sorted(value.items(), key=lambda pair: str(pair[0]).encode("utf-16-be"))
            return f"{{{','.join(f'{_written(str(key))}:{_written(each)}' for key, each in ordered)}}}"
        case list() | tuple():
            return f"[{','.join(map(_written, value))}]"
        case float():
            return _number(value)
        case _:
            return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """A float as ECMAScript writes it: the shortest digits that give it back, and an exponent only when far out."""
    json.dumps(value, allow_nan=False)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text, point = "".join(map(str, digits)), len(digits) + int(exponent)
    if not value:
        return "0"
    if len(text) <= point <= _LONG:
        said = text.ljust(point, "0")
    elif 0 < point <= _LONG:
        said = f"{text[:point]}.{text[point:]}"
    elif _SHORT < point <= 0:
        said = f"0.{text.rjust(len(text) - point, '0')}"
    else:
        said = f"{text[0]}{'.' * (len(text) > 1)}{text[1:]}e{point - 1:+d}"
    return "-" * sign + said
