"""What is wrong with a harvest.toml, by its schema: each fault with the key that it is about, told without secrets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import Any

import orjson

from harvester.standing.lines import Keys

_MOST_SHOWN = 60  # characters of a value
_TYPES = {str: "text", bool: "true or false", int: "a whole number", float: "a number", list: "a list", dict: "a table"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and the keys that lead to the place."""

    keys: Keys
    text: str


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema of harvest.toml."""
    read: dict[str, Any] = orjson.loads(files(__package__).joinpath("harvest.schema.json").read_bytes())
    return read


def find_faults(table: dict[str, Any]) -> list[Fault]:
    """Return what is wrong with a parsed file by the schema alone, one fault for each place."""
    from jsonschema import Draft202012Validator

    faults: dict[tuple[str | int, ...], Fault] = {fault.keys: fault for fault in _unfit(table, ())}
    for error in Draft202012Validator(schema()).iter_errors(table):
        at = tuple(error.absolute_path)
        keys = tuple(key for key in at if isinstance(key, str))
        if error.validator == "additionalProperties":
            for key in (key for key in error.instance if not _is_known(key, error.schema)):
                fault = Fault((*keys, key), _unknown(key, keys, error.instance, error.schema))
                faults.setdefault((*at, key), fault)
        elif error.validator == "required":
            for key in sorted(set(error.schema["required"]) - set(error.instance)):
                told = (
                    f"{key} is missing {_within(keys)}" if keys else "it declares no harvest: [harvest.NAME] is missing"
                )
                faults.setdefault((*at, key), Fault((*keys, key), told))
        else:
            faults.setdefault(at, Fault(keys, _unlike(at, error)))
    return list(faults.values())


def name_of(keys: Keys) -> str:
    """Return a table's name as it stands in the file.

    >>> name_of(("harvest", "wilson"))
    '[harvest.wilson]'
    """
    spelled = (key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else repr(key) for key in keys)
    return f"[{'.'.join(spelled)}]"


def _within(keys: Keys) -> str:
    return f"in {name_of(keys)}" if keys else "at the top of the file"


def _unfit(value: Any, keys: Keys) -> Iterator[Fault]:
    """Yield what no schema refuses: control characters, which are in no path or address, and numbers that are none."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _unfit(inner, (*keys, key))
    elif isinstance(value, list):
        for item in value:
            yield from _unfit(item, keys)
    elif isinstance(value, str) and re.search(r"[\x00-\x1f\x7f]", value):
        yield Fault(keys, f"{_place(keys)} has a control character in it, such as the end of a line")
    elif isinstance(value, float) and not isfinite(value):
        yield Fault(keys, f"{_place(keys)} must be a number, not {value}")


def _place(at: tuple[str | int, ...]) -> str:
    """Return a value's place in words."""
    keys = tuple(key for key in at if isinstance(key, str))
    inner = f"item {at[-1] + 1} of " if at and isinstance(at[-1], int) else ""
    return f"{inner}{keys[-1] if keys else 'the file'} {_within(keys[:-1])}"


def _unlike(at: tuple[str | int, ...], error: Any) -> str:
    """Return what a value must be; the value itself only where it can hold no password."""
    wanted = f"{_place(at)} must be {error.schema.get('title', 'something else')}"
    if "apprise" in at and isinstance(error.instance, str) and re.match(r"\s*[\w.+-]+:", error.instance):
        return (
            f"{wanted}; what stands there looks like an address itself. Put that into the environment, "
            "and its variable's name here: this file is no place for passwords"
        )
    if error.validator == "type":
        return f"{wanted}, not {_type_of(error.instance)}"
    if "notify" in at or error.schema.get("writeOnly") or isinstance(error.instance, list | dict):
        return wanted
    shown = repr(error.instance)
    return f"{wanted}, not {shown if len(shown) <= _MOST_SHOWN else shown[:_MOST_SHOWN] + '…'}"


def _type_of(value: Any) -> str:
    if isinstance(value, date | time):
        return "a date or time without quotes"
    return _TYPES[type(value)]


def _is_known(key: str, table: dict[str, Any]) -> bool:
    names = table.get("patternProperties", {})
    return key in table.get("properties", {}) or any(re.search(name, key) for name in names)


def _unknown(key: str, keys: Keys, values: dict[str, Any], table: dict[str, Any]) -> str:
    """Return that a key is not known, and which may have been meant: here, or in another table."""
    if keys == ("harvest",):
        rule = "letters without accents, digits, - and _, 60 at most, the first not -"
        return f"{name_of((*keys, key))}: a harvest's name is made of {rule}, as files and units are named after it"
    told = f"unknown key {key} {_within(keys)}"
    if not keys and isinstance(values[key], dict):
        return f"{told}; if it is a harvest, it begins with {name_of(('harvest', key))}"
    plain = key.lower().replace("-", "_")
    if near := get_close_matches(plain, table["properties"], n=1):
        return f"{told}; did you mean {near[0]}?"
    if home := next((home for home, known in _homes(keys) if plain in known), None):
        return f"{told}; {plain} belongs into {home}"
    return f"{told}; it knows {', '.join(table['properties'])}"


def _homes(keys: Keys) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each table with the keys that it knows, named as in the harvest that the fault is in."""
    harvest = ("harvest", keys[1] if len(keys) > 1 else "NAME")
    yield name_of(harvest), schema()["$defs"]["harvest"]["properties"]
    for part in ("politeness", "notify", "keep", "schedule"):
        yield name_of((*harvest, part)), schema()["$defs"][part]["properties"]
