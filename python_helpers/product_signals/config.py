"""The configuration file: its shape, and how it is read.

The gate model in the warehouse checks what values mean and how they depend on
each other, because every user of the package runs it. This module only knows
the shape of the file, and checks names that refer to other names in it.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
)
from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError

from product_signals.errors import UserError

# Python's CSV reader allows slightly more.
LONGEST_CELL = 100_000

# The stage or tier that stands for all without health components of their own.
ANY = "any"

Entity = Literal["account", "user"]
Weight = Annotated[float, Field(ge=0, le=10)]
Percentage = Annotated[float, Field(ge=0, le=100)]
Scalar = str | int | float | bool


def _one_item(value: Any) -> Any:
    """Refuses a |, which separates the items of a list in a seed."""
    if "|" in str(value):
        raise ValueError("has a |, which separates the items of a list")
    return value


Item = Annotated[str, AfterValidator(_one_item)]
ScalarItem = Annotated[Scalar, AfterValidator(_one_item)]


class _Part(BaseModel):
    """A part of the file: unknown keys are errors, types are not guessed."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)


class Event(_Part):
    """An event: what it belongs to and what it is worth."""

    feature: str | None = None
    counts_as_activity: bool = False
    is_risk: bool = False
    flow: str | None = None
    flow_step: int | None = Field(None, ge=0)
    weight: Weight | None = None
    daily_cap: int | None = Field(None, ge=1)


class WeightedEvent(_Part):
    """An event's weight in a further weight set."""

    weight: Weight
    daily_cap: int | None = Field(None, ge=1)


class Feature(_Part):
    """A feature of the product."""

    feature_name: str | None = None
    is_key: bool = False
    is_differentiated: bool = False
    is_setting: bool = False
    plans: list[Item] = []
    launched_on: date | None = None


class Filter(_Part):
    """Which accounts or users something is for."""

    attribute: str
    values: list[ScalarItem] = Field(min_length=1)


class ProfileFilter(Filter):
    """Which accounts or users a score profile is for."""

    entity: Entity


class Profile(_Part):
    """How a score is made."""

    priority: int = 1
    weight_set: str = "default"
    period_days: int = Field(7, ge=1, le=366)
    change_days: int | None = Field(None, ge=1, le=366)
    normalization: Literal["winsorized", "exponential", "percentile"] = (
        "winsorized"
    )
    account_method: Literal["member_average", "active_average", "total"] = (
        "member_average"
    )
    decay: Literal["none", "linear", "half_life", "halving"] = "none"
    decay_days: float | None = Field(None, gt=0)
    benchmark: float | None = Field(None, gt=0)
    min_population: int = Field(20, ge=1)
    filter: ProfileFilter | None = None


class Step(_Part):
    """A step of an activation checklist."""

    event_name: str
    step_name: str | None = None
    min_count: int = Field(1, ge=1)
    min_users: int | None = Field(None, ge=1)
    within_days: int | None = Field(None, ge=1)


class Checklist(_Part):
    """An activation checklist; its steps come in the order of the file."""

    entity: Entity
    priority: int = 1
    filter: Filter | None = None
    steps: dict[str, Step] = Field(min_length=1)


class Condition(_Part):
    """A condition of a signal."""

    metric: str
    operator: Literal[
        "=",
        "!=",
        ">",
        ">=",
        "<",
        "<=",
        "in",
        "not_in",
        "is_null",
        "is_not_null",
    ]
    value: Scalar | list[ScalarItem] | None = None
    clear_value: Scalar | list[ScalarItem] | None = None


class Action(_Part):
    """What a team should do about a signal."""

    team: str
    action: str


class Signal(_Part):
    """A rule that raises a signal."""

    signal_name: str | None = None
    entity: Entity | Literal["product"]
    kind: Literal["state", "event"] = "state"
    severity: Literal["critical", "high", "medium", "low", "info"]
    description: str
    teams: list[Item] = Field(min_length=1)
    min_days: int = Field(1, ge=1)
    grace_days: int = Field(0, ge=0)
    suppressed_by: list[Item] = []
    closed_by: list[Item] = []
    is_enabled: bool = True
    groups: list[Annotated[list[Condition], Field(min_length=1)]] = Field(
        min_length=1
    )
    actions: list[Action] = Field(min_length=1)


class HealthComponent(_Part):
    """A part of the health score: a metric, 0 at floor and 100 at ceiling."""

    metric: str
    floor: float
    ceiling: float
    weight: float = Field(ge=0)


class Threshold(_Part):
    """From where on a trial of a size is qualified."""

    nudge_at: Percentage | None = None
    qualify_at: Percentage
    overdue_above: Percentage | None = None
    min_active_users: int | None = Field(None, ge=1)
    min_score: Percentage | None = None
    default_deal_size: float | None = Field(None, ge=0)


class Persona(_Part):
    """A kind of trial, and how likely it is to convert."""

    activation_band: list[Item] = []
    engagement_band: list[Item] = []
    communication_band: list[Item] = []
    tiebreak_attribute: Literal["fit", "sentiment"] | None = None
    tiebreak_values: list[Item] = []
    tiebreak_sentiments: list[Item] = []
    likelihood: float = Field(ge=0, le=1)
    prior_strength: float = Field(10, gt=0)
    action: str | None = None


# Sections that 0.2 added, and what is missing without them.
_LATER_SECTIONS = {
    "health": "nobody has a health score",
    "pql_thresholds": "no trial qualifies",
    "trial_personas": "no trial has a persona or a likelihood",
}


class Config(_Part):
    """The whole configuration file."""

    seed_prefix: str = Field("my_product_signals", pattern=r"^[a-z][a-z0-9_]*$")
    events: dict[str, Event] = Field(min_length=1)
    weight_sets: dict[str, dict[str, Weight | WeightedEvent]] = {}
    features: dict[str, Feature] = {}
    profiles: dict[str, Profile] = Field(min_length=1)
    checklists: dict[str, Checklist] = {}
    bands: dict[str, dict[str, float | None]] = {}
    signals: dict[str, Signal] = {}
    health: dict[
        Literal["trial", "onboarding", "adopted", "renewal", "any"],
        dict[str, Annotated[dict[Item, HealthComponent], Field(min_length=1)]],
    ] = {}
    pql_thresholds: dict[
        Literal["simple", "complex"], dict[str, Threshold]
    ] = {}
    trial_personas: dict[str, Persona] = {}


def read_config(path: Path) -> Config:
    """Reads a configuration file.

    Args:
        path: The YAML file.

    Returns:
        The configuration, with its shape and its references checked.

    Raises:
        UserError: The file can't be read; each message names the line, the
            key, the value and the fix.
    """
    document = _read_yaml(path)
    try:
        config = Config.model_validate(document)
    except ValidationError as error:
        raise UserError(
            *(
                _message(path, document, keys, *_explain(problem))
                for keys, problem in _deepest(document, error.errors())
            )
        ) from error
    problems = [
        _message(path, document, keys, *rest)
        for keys, *rest in (*_dangling(config), *_unseedable(document, ()))
    ]
    if problems:
        raise UserError(*problems)
    return config


def lacking(config: Config, path: Path) -> list[str]:
    """Warns of each section that a file of an earlier version lacks.

    Args:
        config: The content of the file.
        path: The file, for messages.
    """
    return [
        f"{path}: lacks {section}: {consequence}; copy it from what"
        f" product-signals init writes, or write {section}: {{}} if that is"
        " meant"
        for section, consequence in _LATER_SECTIONS.items()
        if section not in config.model_fields_set
    ]


def config_message(
    path: Path,
    keys: tuple[str | int, ...],
    value: Any,
    problem: str,
    fix: str,
) -> str:
    """Makes a message about a key of a configuration file.

    Args:
        path: The file.
        keys: The path to the key, from the top.
        value: Its value.
        problem: What is wrong with the value.
        fix: What to do.
    """
    document = _read_once(path, path.stat().st_mtime_ns)
    return _message(path, document, keys, value, problem, fix)


def config_schema() -> str:
    """Returns the JSON Schema of the file, for editors."""
    return json.dumps(Config.model_json_schema(), indent=2) + "\n"


def nearest(name: str, names: Iterable[str]) -> str:
    """Suggests a name in place of an unknown one.

    Args:
        name: The unknown name.
        names: The known names.

    Returns:
        "did you mean x?", or the names to choose from.
    """
    choices = sorted(names)
    close = difflib.get_close_matches(str(name), choices, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]}?"
    return f"use one of {', '.join(choices)}" if choices else "none is there"


class _Constructor(RoundTripConstructor):
    """Leaves dates as text, because the check of values names the line."""


_Constructor.add_constructor(
    "tag:yaml.org,2002:timestamp",
    lambda constructor, node: constructor.construct_scalar(node),
)


@lru_cache(maxsize=1)
def _read_once(path: Path, changed_at: int) -> Any:
    """Reads a file for all messages about it, as it was at a time."""
    return _read_yaml(path)


def _read_yaml(path: Path) -> Any:
    """Reads a YAML file as a mapping that knows its lines."""
    yaml = YAML()
    yaml.Constructor = _Constructor
    try:
        document = yaml.load(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UserError(
            f"{path}, line {line}: is not UTF-8: save it as UTF-8"
        ) from error
    except OSError as error:
        raise UserError(
            f"{path}: can't be read ({error.strerror}); name a file that"
            " product-signals init wrote"
        ) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        # The value of a duplicate key may be most of the file.
        problem, value, _ = str(error.problem).partition(" with value ")
        fix = "; keep one of them" if value else ""
        raise UserError(
            f"{path}, line {line}: is not YAML: {problem}{fix}"
        ) from error
    except Exception as error:
        # Control characters, thousands of digits, deeply nested brackets, or
        # something that breaks the parser, such as an alias of its own parent.
        reason = str(error).partition("\n")[0]
        raise UserError(
            f"{path}: is not YAML ({reason}); correct it"
        ) from error
    if not isinstance(document, dict):
        raise UserError(
            f"{path}: is not a mapping; start from product-signals init"
        )
    return document


def _dangling(config: Config) -> Iterator[tuple[tuple, Any, str, str]]:
    """Yields (keys, value, problem, fix) of names that refer to nothing."""
    events = config.events
    for set_name, weights in config.weight_sets.items():
        for event in weights:
            if event not in events:
                yield (
                    ("weight_sets", set_name, event),
                    event,
                    "is not an event under events",
                    nearest(event, events),
                )
    for name, event in events.items():
        if event.feature and event.feature not in config.features:
            yield (
                ("events", name, "feature"),
                event.feature,
                "is not a feature under features",
                nearest(event.feature, config.features),
            )
    weight_sets = {"default", *config.weight_sets}
    for name, profile in config.profiles.items():
        if profile.weight_set not in weight_sets:
            yield (
                ("profiles", name, "weight_set"),
                profile.weight_set,
                "is not a weight set",
                nearest(profile.weight_set, weight_sets),
            )
    for name, checklist in config.checklists.items():
        for step_name, step in checklist.steps.items():
            if step.event_name not in events:
                yield (
                    ("checklists", name, "steps", step_name, "event_name"),
                    step.event_name,
                    "is not an event under events: nobody can meet the step",
                    nearest(step.event_name, events),
                )
    for name, signal in config.signals.items():
        for key in ("suppressed_by", "closed_by"):
            for other in getattr(signal, key):
                if other not in config.signals:
                    yield (
                        ("signals", name, key),
                        other,
                        "is not a signal under signals",
                        nearest(other, config.signals),
                    )


def _unseedable(
    node: Any, keys: tuple
) -> Iterator[tuple[tuple, Any, str, str]]:
    """Yields texts that no cell of a seed can hold, as in _dangling()."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _unseedable(key, (*keys, key))
            yield from _unseedable(value, (*keys, key))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _unseedable(value, (*keys, place))
    elif isinstance(node, str) and (reason := unseedable(node)):
        yield keys, node, reason, "choose another name"


def unseedable(text: str) -> str | None:
    """Says why a text can't be a cell of a dbt seed; None if it can."""
    if "\0" in text:
        return "has a NUL character, which Postgres can't store"
    if "\r" in text:
        return "has a carriage return, which a seed can't hold"
    if text.strip().lower() == "null":
        return "is read as an empty cell by dbt"
    if len(text) > LONGEST_CELL:
        return f"is longer than {LONGEST_CELL:,} characters"
    return None


def _deepest(
    document: Any, problems: list[Any]
) -> Iterator[tuple[tuple, dict[str, Any]]]:
    """Yields one problem for each place, with the keys that lead there.

    Pydantic reports a value that may have several types once for each, and
    puts the type among the keys. If a part of the value is wrong, that is it.
    """
    found: dict[tuple, dict[str, Any]] = {}
    for problem in problems:
        keys, node = [], document
        if problem["loc"][-1] == "[key]":
            yield problem["loc"][:-1], problem
            continue
        for key in problem["loc"]:
            try:
                node = node[key]
            except (KeyError, IndexError, TypeError):
                if problem["type"] != "missing" or key != problem["loc"][-1]:
                    continue
            keys.append(key)
        found.setdefault(tuple(keys), problem)
    for keys, problem in found.items():
        if not any(o[: len(keys)] == keys for o in found if o != keys):
            yield keys, problem


def _explain(problem: dict[str, Any]) -> tuple[Any, str, str]:
    """Turns an error of pydantic into (value, problem, fix)."""
    kind, context = problem["type"], problem.get("ctx", {})
    value = problem["input"]
    if kind == "extra_forbidden":
        return (
            problem["loc"][-1],
            "is not a key here",
            _known_keys(problem["loc"]),
        )
    if kind == "literal_error":
        return value, "is unknown", f"write {context['expected']}"
    if problem["loc"][-1] == "[key]" and kind == "string_type":
        return value, "is not a text", "put it in quotes"
    if kind == "missing":
        return "", "is missing", "add it"
    text = problem["msg"].removeprefix("Value error, ")
    return value, text[0].lower() + text[1:], "correct it"


_MODELS: dict[str, type[BaseModel]] = {
    "events": Event,
    "weight_sets": WeightedEvent,
    "features": Feature,
    "profiles": Profile,
    "checklists": Checklist,
    "steps": Step,
    "signals": Signal,
    "groups": Condition,
    "actions": Action,
    "health": HealthComponent,
    "pql_thresholds": Threshold,
    "trial_personas": Persona,
    "filter": ProfileFilter,
}


def _known_keys(keys: tuple) -> str:
    """The keys allowed where an unknown key is."""
    model: type[BaseModel] = Config
    for key in keys[:-1]:
        model = _MODELS.get(key, model)
    return nearest(str(keys[-1]), model.model_fields)


def _message(
    path: Path, document: Any, keys: tuple, value: Any, problem: str, fix: str
) -> str:
    """Makes a message with file, line, key, value, problem and fix."""
    line, node = 1, document
    named = []
    for key in keys:
        try:
            position = (
                node.lc.key(key) if hasattr(node, "keys") else node.lc.item(key)
            )
            line, node = position[0] + 1, node[key]
        except (AttributeError, KeyError, IndexError, TypeError):
            pass  # Such as a key that is missing.
        named.append(str(key))
    shown = "" if value in ("", None) else f' "{_shortened(value)}"'
    return f"{path}, line {line}: {'.'.join(named)}{shown} {problem}; {fix}"


def _shortened(value: Any) -> str:
    """Shortens a value for a message; aliases can make a list of millions."""
    if isinstance(value, list | dict):
        return "[…]" if isinstance(value, list) else "{…}"
    text = str(value)
    return text if len(text) <= 200 else f"{text[:200]}…"
