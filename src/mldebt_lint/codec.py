"""Plain data as bytes and back: what crosses from worker to parent, and what a cache may hold.

msgspec checks every value against the class that is asked for, and nothing is ever executed: bytes from elsewhere
are either that data or `GarbledError`.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

T = TypeVar("T")

_MSGPACK, _JSON = b"m", b"j"
_encoder = msgspec.msgpack.Encoder()
_ordered = msgspec.msgpack.Encoder(order="deterministic")


class GarbledError(ValueError):
    """Bytes that are not the data which was asked for."""


def pack(value: object, *, ordered: bool = False) -> bytes:
    """Return dataclasses, tuples, lists, sets, dicts and scalars as bytes. Raises TypeError for anything else.

    With `ordered`, which takes no dicts but those of strings, equal sets give equal bytes.
    """
    try:
        return _MSGPACK + (_ordered if ordered else _encoder).encode(value)
    except UnicodeEncodeError:  # a lone surrogate, from a notebook or the name of a file: JSON can escape it
        return _JSON + json.dumps(msgspec.to_builtins(value)).encode()


def unpack(kind: type[T], data: bytes) -> T:
    """Return what `pack` was given, a value of `kind`. Raises GarbledError for all other bytes."""
    try:
        if data[:1] == _MSGPACK:
            return cast(T, _decoder(cast(Hashable, kind)).decode(memoryview(data)[1:]))
        if data[:1] == _JSON:
            return msgspec.convert(json.loads(data[1:]), kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise GarbledError(str(error)) from error
    raise GarbledError("no known format")


@cache
def _decoder(kind: Hashable) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)
