"""Reads from an event's name what was done, to what, and whether it matters.

The words are in words/*.yml.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

WORDS = Path(__file__).resolve().parent / "words"

# All weights; a rare event moves up one, a click on something down one.
WEIGHTS = (0, 1, 3, 5, 8)
# The weight without a known verb.
_UNKNOWN = 3
# This many names that differ only by a number or an id become one.
_ENDLESS = 6
# This many names that differ only after a slash become one.
_ENDLESS_PATHS = 15
_LONGEST_FEATURE = 2

_ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b|[0-9]+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reading:
    """What a name says about its event.

    Attributes:
        kind: work, risk, presence or noise.
        weight: The weight by its verb.
        feature: What it is about; None for noise and presence.
        reason: Why it is noise, or where the weight comes from.
        is_guess: Whether the name has neither a known verb nor a click.
    """

    kind: str
    weight: int
    feature: str | None
    reason: str
    is_guess: bool = False


@cache
def words(topic: str) -> Any:
    """Reads a file of words."""
    text = (WORDS / f"{topic}.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def tokens(name: str) -> list[str]:
    """Splits a name into words: UserLoggedIn becomes user, logged, in."""
    spaced = re.sub(
        r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name
    )
    return re.findall(r"[^\W_]+", spaced.lower())


def read_name(name: str, vendor: str | None = None) -> Reading:
    """Says what an event is from its name.

    Args:
        name: The name.
        vendor: The event tool, whose own events are noise. If it is unknown,
            names that only an event tool would use are.
    """
    found = tokens(name)
    phrase = f" {' '.join(found)} "
    if _is_vendors(name, vendor):
        return Reading("noise", 0, None, "the event tool's own")
    for kind in words("noise")["kinds"]:
        if (
            _has(phrase, kind["words"])
            or " ".join(w for w in found if w not in kind.get("whole_but", []))
            in kind.get("whole", [])
        ) and not _has(phrase, kind.get("unless", [])):
            return Reading("noise", 0, None, kind["reason"])
    if _has(phrase, words("noise")["presence"]):
        return Reading("presence", 1, None, "being there")
    verb, is_click, rest = _taken_apart(name)
    feature = _feature(rest) or verb or " ".join(found[:_LONGEST_FEATURE])
    if verb is None:
        weight = 1 if is_click else _UNKNOWN
        said = "a click" if is_click else "no verb that is known"
        return Reading("work", weight, feature, said, not is_click)
    if verb in _forms("risk").values():
        return Reading("risk", 1, feature, verb)
    weight = _weight(verb)
    if is_click:
        weight = max(1, step(weight, -1))
    return Reading("work", weight, feature, verb)


def step(weight: int, by: int) -> int:
    """The weight a number of steps up or down."""
    place = WEIGHTS.index(weight) + by
    return WEIGHTS[min(max(place, 0), len(WEIGHTS) - 1)]


def is_setting(feature: str) -> bool:
    """Whether a feature is configuration rather than work."""
    return any(word in words("verbs")["settings"] for word in feature.split())


def alike(name: str) -> str:
    """A key that ignores case, blanks and punctuation."""
    return " ".join(tokens(name)) or name.lower()


def without_click(name: str) -> str:
    """A key as in alike(), without words for clicks, success or "via"."""
    clicks = _forms("click")
    left = [
        word
        for word in tokens(name)
        if word not in clicks and word not in ("success", "via")
    ]
    return " ".join(left) or alike(name)


def endless(names: Iterable[str]) -> dict[str, str]:
    """Returns name -> pattern with * for names that never stop multiplying.

    Args:
        names: All names.
    """
    names = list(names)
    found = _grouped(names, lambda name: _ID.sub("*", name), _ENDLESS)
    left = [name for name in names if name not in found]
    found |= _grouped(
        left,
        lambda name: f"{name.partition('/')[0]}/*" if "/" in name else name,
        _ENDLESS_PATHS,
    )
    return found


def _grouped(names: list[str], pattern_of: Any, least: int) -> dict[str, str]:
    groups = defaultdict(list)
    for name in names:
        groups[pattern_of(name)].append(name)
    return {
        name: re.sub(r"\*[*/.-]*\*|\*+", "*", pattern)
        for pattern, members in groups.items()
        if "*" in pattern and len(members) >= least
        for name in members
    }


def _is_vendors(name: str, vendor: str | None) -> bool:
    by_vendor = words("noise")["vendors"]
    if vendor:
        patterns = by_vendor.get(vendor, [])
    else:
        # The patterns of all tools that can't match a product's own events.
        patterns = [
            pattern
            for patterns in by_vendor.values()
            for pattern in patterns
            if re.match(r"[$\[]|rudder_|mp_|firebase_", pattern)
        ]
    return any(
        fnmatchcase(name.strip().lower(), pattern.replace("[", "[[]"))
        for pattern in patterns
    )


def _has(phrase: str, phrases: list[str]) -> bool:
    return any(f" {one} " in phrase for one in phrases)


def _taken_apart(name: str) -> tuple[str | None, bool, list[str]]:
    """Finds the verb, whether the name has a click, and all other words."""
    clicks = _forms("click")
    parts = [
        part
        for text in re.split(r"\s[-–—|>]+\s|::|[:/|]", name)
        if (part := tokens(text))
    ]
    if not parts:
        return None, False, []
    is_click = any(word in clicks for part in parts for word in part)
    parts = [[word for word in part if word not in clicks] for part in parts]
    last = parts[-1]
    place = _verb_place(last)
    verb = None if place is None else _all_verbs()[last[place]]
    rest = [word for number, word in enumerate(last) if number != place]
    if place and place < len(last) - 1:
        # "Assess Downloaded Data" is about data: the words before the verb
        # name a part of the product.
        rest = last[place + 1 :] if _meaningful(last[place + 1 :]) else rest
    # "orders/change_date" is about orders, "Wall - Moved" about the wall.
    if len(parts) > 1 and ("/" in name or not _meaningful(rest)):
        rest = parts[0] + (rest if "/" not in name else [])
    return verb, is_click, rest


def _verb_place(part: list[str]) -> int | None:
    """Finds the verb: "report shared", "shared_report", "share report"."""
    verbs = _all_verbs()
    # A form that ends in s is just as often a noun: "revoke_invites".
    inflected = [
        number
        for number, word in enumerate(part)
        if word in verbs and verbs[word] != word and word[-1] != "s"
    ]
    if not part:
        return None
    # Look at the last word, as in "report shared", after any version or
    # outcome.
    end = len(part) - 1
    while end > 0 and part[end] in words("verbs")["empty"]:
        end -= 1
    if end in inflected:
        return end
    if part[0] in verbs:
        return 0
    if part[end] in verbs:
        return end
    if inflected:
        return inflected[-1]
    return next(
        (number for number, word in enumerate(part) if word in verbs), None
    )


def _feature(rest: list[str]) -> str | None:
    """The remaining words that mean something, in the singular."""
    kept = [_singular(word) for word in _meaningful(rest)]
    return " ".join(kept[:_LONGEST_FEATURE]) or None


def _meaningful(rest: list[str]) -> list[str]:
    empty, weak = words("verbs")["empty"], words("verbs")["weak"]
    said = [word for word in rest if word not in empty and not word.isnumeric()]
    return [word for word in said if word not in weak] or said


def _singular(word: str) -> str:
    if len(word) <= 3 or word.endswith(("ss", "us", "is", "news")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word.removesuffix("s")


def _weight(verb: str) -> int:
    return next(
        weight
        for weight in reversed(WEIGHTS[1:])
        if verb in _forms(weight).values()
    )


@cache
def _all_verbs() -> dict[str, str]:
    """Returns each form of each verb -> the verb."""
    kinds = ["risk", *reversed(WEIGHTS[1:])]
    found: dict[str, str] = {}
    for kind in kinds:
        for form, verb in _forms(kind).items():
            found.setdefault(form, verb)
    return found


@cache
def _forms(kind: str | int) -> dict[str, str]:
    """Returns form -> verb for one kind in words/verbs.yml."""
    found = {}
    for entry in words("verbs")[kind]:
        base, *irregular = entry.split("/")
        stem = base.removesuffix("e")
        forms = [base, f"{base}s", f"{base}es", f"{stem}ed", f"{stem}ing"]
        if base.endswith("y") and base[-2:-1] not in "aeiou":
            forms += [f"{base[:-1]}ied", f"{base[:-1]}ies"]
        if re.search(r"[^aeiou][aeiou][bdgklmnprt]$", base):
            forms += [f"{base}{base[-1]}ed", f"{base}{base[-1]}ing"]
        for form in [*forms, *irregular]:
            found.setdefault(form, base)
    return found
