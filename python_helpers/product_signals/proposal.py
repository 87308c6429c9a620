"""Proposes a first configuration from what was counted."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import ceil
from textwrap import wrap

import yaml

from product_signals.config import unseedable
from product_signals.names import (
    WEIGHTS,
    Reading,
    alike,
    endless,
    is_setting,
    read_name,
    without_click,
)
from product_signals.names import step as weight_step
from product_signals.observed import (
    COHORT,
    EARLY_DAYS,
    FIRST_DAYS,
    STAYED,
    Count,
    Observed,
    Share,
    Source,
    Stayed,
    observe,
    who_stayed,
)
from product_signals.report.words import counted

MOST_WEIGHTED = 30
MOST_NAMES = 500
MOST_KEY_FEATURES = 8
STEPS = 5

# The users needed to call an event rare; the share of users who do a rare one,
# and the share of work events that a common one has. An event that more users
# than _MOST_RISKY do is not a sign that somebody is leaving.
_ENOUGH_USERS = 20
_RARE, _COMMON = 0.1, 0.3
_MOST_RISKY = 0.2
# If more than this share stays, nothing distinguishes those who do.
_NEARLY_ALL = 0.95
# The least share of users or accounts that use a key feature, the least share
# of those who stayed that took a step, and how many must have done either.
_LEAST_BREADTH = 0.1
_LEAST_SHARE = 0.2
_LEAST_DONE = 5
_SAME_AGAIN = "what another event says, too"
_CLOCKWORK = "sent every day, weekends too, as by a machine"
# YAML limits keys to slightly more.
_LONGEST_NAME = 1000


@dataclass
class Line:
    """An event in the file.

    Attributes:
        name: Its name, or a pattern for names that never stop multiplying.
        reading: What the name says.
        weight: Its weight, by the name and by how many do it.
        events: How often it was sent.
        users: How many users sent it.
        note: Why it has this weight.
        names: How many names it stands for.
        is_left_out: Whether it gets no weight because too many events have one.
    """

    name: str
    reading: Reading
    weight: int
    events: int
    users: int
    note: str
    names: int = 1
    is_left_out: bool = False

    @property
    def is_work(self) -> bool:
        """Whether somebody gets something done."""
        return self.reading.kind in ("work", "risk")

    @property
    def feature(self) -> str:
        """The feature it is about, as a cell of a seed."""
        feature = self.reading.feature or self.name
        return "other" if unseedable(feature) else feature


@dataclass
class Proposal:
    """A configuration file, and what to say about it.

    Attributes:
        text: The text of the file.
        summary: What was found and what was left out, in sentences.
        look_first: What to check first, in sentences.
    """

    text: str
    summary: list[str] = field(default_factory=list)
    look_first: list[str] = field(default_factory=list)


def propose(text: str, source: Source, vendor: str | None) -> Proposal:
    """Replaces the events of the defaults with a product's own.

    Args:
        text: The file with the defaults.
        source: Where the events are.
        vendor: The event tool they come from, if it is known.
    """
    observed = observe(source)
    lines, left_out = _lines(observed, vendor)
    candidates = [
        (line.name, alike(line.name), line.feature)
        for line in lines
        if line.is_work and line.weight > 0
    ]
    users = who_stayed(source, observed, "users", candidates)
    stayed = users
    if observed.accounts >= COHORT:
        accounts = who_stayed(source, observed, "accounts", candidates)
        if not users.events or accounts.share_stayed < _NEARLY_ALL:
            stayed = accounts
    key = _key_features(lines, stayed)
    steps = _steps(lines, stayed)
    user_steps = _steps(lines, users)[: len(steps)]
    text = _replaced(text, "events", _events(lines, left_out, observed))
    text = _replaced(text, "features", _features(lines, key, stayed))
    text = _replaced(
        text,
        "checklists",
        _checklist("first_use", "account", steps, stayed)
        + _checklist("first_steps", "user", user_steps, users),
    )
    text = _reachable_bands(text, len(steps))
    text = _with_accounts(text, observed)
    return Proposal(
        text,
        list(_summary(observed, lines, left_out, key, steps, stayed)),
        [
            *_look_first(lines, observed, stayed),
            *_too_early(yaml.safe_load(text)["profiles"], observed),
        ],
    )


def quoted(name: str) -> str:
    """A name as YAML on one line, whatever it contains."""
    return yaml.safe_dump(
        name, default_style='"', allow_unicode=True, width=float("inf")
    ).rstrip("\n")


def _lines(
    observed: Observed, vendor: str | None
) -> tuple[list[Line], dict[str, str]]:
    """The events for the file, and names left out of it, with a reason."""
    left_out = {
        count.name: reason
        for count in observed.counts
        if (reason := _unusable(count.name))
    }
    counts = [count for count in observed.counts if count.name not in left_out]
    patterns = endless(count.name for count in counts)
    groups: dict[str, list[Count]] = defaultdict(list)
    for count in counts:
        groups[patterns.get(count.name, count.name)].append(count)
    known = {alike(name) for name in groups}
    readings = {
        name: replace(
            reading, kind="noise", weight=0, feature=None, reason=_SAME_AGAIN
        )
        if (reading := read_name(name, vendor)).kind == "work"
        and (twin := without_click(name)) != alike(name)
        and twin in known
        else reading
        for name in groups
    }
    for name, members in groups.items():
        if readings[name].weight and all(one.is_clockwork for one in members):
            readings[name] = Reading("noise", 0, None, _CLOCKWORK)
    work = sum(
        count.events
        for name, members in groups.items()
        for count in members
        if readings[name].kind == "work"
    )
    lines = []
    for name, members in groups.items():
        events = sum(count.events for count in members)
        users = max(count.users for count in members)
        reading = readings[name]
        if reading.kind == "risk" and _is_common(users, observed):
            reading = replace(
                reading, kind="work", reason=f"{reading.reason}, which many do"
            )
        weight, note = _weighed(reading, events, users, work, observed)
        lines.append(
            Line(name, reading, weight, events, users, note, len(members))
        )
    lines.sort(key=lambda line: (-line.users, -line.events, line.name))
    for line in lines[MOST_NAMES:]:
        left_out[line.name] = "is among the rarest"
    lines = lines[:MOST_NAMES]
    if not any(line.weight for line in lines):
        # Without any weight there would be no score.
        for line in lines[:MOST_WEIGHTED]:
            line.reading = replace(line.reading, kind="presence")
            line.weight, line.note = 1, f"{line.note}; there is nothing else"
    weighted = [line for line in lines if line.weight]
    weighted.sort(key=lambda line: -line.weight * line.users)
    for line in weighted[MOST_WEIGHTED:]:
        line.is_left_out = True
    return lines, left_out


def _is_common(users: int, observed: Observed) -> bool:
    """Whether too many do it for it to mean that somebody is leaving."""
    return (
        observed.users >= _ENOUGH_USERS and users > _MOST_RISKY * observed.users
    )


def _weighed(
    reading: Reading, events: int, users: int, work: int, observed: Observed
) -> tuple[int, str]:
    """The weight by verb and rarity, and the reason."""
    weight, note = reading.weight, reading.reason
    if reading.kind != "work" or observed.users < _ENOUGH_USERS:
        return weight, note
    if weight == 5 and users <= _RARE * observed.users and users >= 3:
        return weight_step(weight, 1), f"{note}, which few do"
    if weight >= 5 and work and events >= _COMMON * work:
        return weight_step(weight, -1), f"{note}, all the time"
    return weight, note


def _key_features(lines: list[Line], stayed: Stayed) -> list[str]:
    """Features of work that many use, and those who stay no less."""
    done = list(
        dict.fromkeys(
            line.feature
            for line in lines
            if line.reading.kind == "work" and line.weight >= 3
            if not line.reading.is_guess
        )
    )
    done = done or [line.feature for line in lines if line.is_work]
    breadth = stayed.breadth
    broad = [
        feature
        for feature in done
        if breadth.get(feature, 0) >= _LEAST_BREADTH * stayed.units
    ]
    known = [
        feature
        for feature in broad
        if (share := stayed.features.get(feature)) is None
        or share.used < _LEAST_DONE
        or share.lift >= 1
    ]
    weights: dict[str, int] = defaultdict(int)
    for line in lines:
        weights[line.feature] = max(weights[line.feature], line.weight)
    return sorted(
        known or broad or done,
        key=lambda feature: (-breadth.get(feature, 0), -weights[feature]),
    )[:MOST_KEY_FEATURES]


def _steps(lines: list[Line], stayed: Stayed) -> list[Line]:
    """What those who stayed did in their first week, most common first."""
    work = [line for line in lines if line.reading.kind == "work"]
    work = [line for line in work if not line.is_left_out] or work
    usual = [line for line in work if line.weight >= 3] or work
    if not usual:
        usual = [line for line in lines if line.is_work] or lines
    usual = sorted(usual, key=lambda line: (-line.users, -line.weight))
    telling = []
    for line in usual:
        share = stayed.events.get(alike(line.name))
        if (
            share
            and share.used >= _LEAST_DONE
            and share.of_stayed >= _LEAST_SHARE
            and share.lift >= 1
        ):
            telling.append((share, line))
    telling.sort(key=lambda pair: -pair[0].lift * pair[0].of_stayed)
    chosen = [line for _, line in telling][:STEPS]
    # Two or three steps that say little are better than a checklist of one, but
    # not steps of those who leave.
    fillers = [
        line
        for line in usual
        if line.names == 1
        and line not in chosen
        and (
            (share := stayed.events.get(alike(line.name))) is None
            or share.used < _LEAST_DONE
            or share.lift >= 1
        )
    ]
    most = max(0, 3 - len(chosen)) if telling else STEPS
    chosen += fillers[:most] if chosen or fillers else usual[:STEPS]
    chosen = _once(chosen)
    return sorted(chosen, key=lambda line: -line.users)


def _once(lines: list[Line]) -> list[Line]:
    """Keeps only the first of names that are alike."""
    first: dict[str, Line] = {}
    for line in lines:
        first.setdefault(alike(line.name), line)
    return list(first.values())


def _events(
    lines: list[Line], left_out: dict[str, str], observed: Observed
) -> str:
    parts = ["\n"]
    for name, reason in list(left_out.items())[:50]:
        shown = f"{name[:60]}…" if len(name) > 60 else name
        parts.append(f"  # Left out: {quoted(shown)} {reason}.\n")
    for weight in reversed(WEIGHTS[1:]):
        members = [
            line
            for line in lines
            if line.weight == weight and not line.is_left_out
        ]
        if members:
            parts.append(f"  # Weight {weight}\n")
            parts += [_event(line, observed) for line in members]
    members = [line for line in lines if line.is_left_out]
    if members:
        parts.append(
            f"  # No weight: beyond the {MOST_WEIGHTED} that somebody can still"
            " keep in mind\n"
        )
        parts += [_event(line, observed) for line in members]
    reasons = Counter()
    for line in lines:
        if not line.weight:
            reasons[line.reading.reason] += line.events
    for reason, events in reasons.most_common():
        parts.append(f"  # Weight 0: {reason} ({counted(events, 'event')})\n")
        parts += [
            _event(line, observed)
            for line in lines
            if not line.weight and line.reading.reason == reason
        ]
    return "".join(parts)


def _event(line: Line, observed: Observed) -> str:
    """An event with its count."""
    note = (
        f"{counted(line.events, 'event')}, {line.users:,} of"
        f" {counted(observed.users, 'user')}"
    )
    before = ""
    if line.names > 1:
        note += f", {line.names:,} names"
        before = (
            "  # There would be ever more of these: give them one name in your"
            " events model,\n"
            f"  #   {_one_name(line.name)}\n"
        )
    if not line.weight:
        return f"{before}  {quoted(line.name)}: {{}} # {note}\n"
    if line.reading.kind == "presence":
        return (
            f"{before}  {quoted(line.name)}: {_settings(line)} # {note}:"
            f" {line.note}\n"
        )
    return (
        f"{before}  {quoted(line.name)}: # {note}: {line.note}\n"
        f"    {_settings(line)}\n"
    )


def _settings(line: Line) -> str:
    settings = []
    if line.is_work:
        settings += [f"feature: {quoted(line.feature)}"]
        settings += ["counts_as_activity: true"]
    if not line.is_left_out:
        cap = 3 if line.is_work else 1
        settings += [f"weight: {line.weight}", f"daily_cap: {cap}"]
    if line.reading.kind == "risk":
        settings += ["is_risk: true"]
    return f"{{{', '.join(settings)}}}"


def _one_name(pattern: str) -> str:
    """SQL that turns many names into one."""
    text = pattern.replace("'", "''").replace("\n", " ")
    return (
        f"case when event_name like '{text.replace('*', '%')}'"
        f" then '{text}' else event_name end"
    )


def _features(lines: list[Line], key: list[str], stayed: Stayed) -> str:
    features = list(
        dict.fromkeys(line.feature for line in lines if line.is_work)
    )
    if not features:
        return " {}\n"
    features = key + sorted(
        (one for one in features if one not in key),
        key=lambda one: -stayed.breadth.get(one, 0),
    )
    parts = ["\n", _legend(stayed, EARLY_DAYS) if stayed.features else ""]
    for feature in features:
        used = stayed.breadth.get(feature, 0)
        unit = stayed.unit.removesuffix("s")
        note = f"{used:,} of {counted(stayed.units, unit)}"
        share = stayed.features.get(feature)
        if share and share.used:
            note += f"; {_in_words(share)}"
        label = feature[:1].upper() + feature[1:]
        parts.append(
            f"  {quoted(feature)}: # {note}\n"
            f"    {{feature_name: {quoted(label)},"
            f" is_key: {str(feature in key).lower()}"
            f"{', is_setting: true' if is_setting(feature) else ''}}}\n"
        )
    return "".join(parts)


def _checklist(
    name: str, entity: str, steps: list[Line], stayed: Stayed
) -> str:
    is_first = entity == "account"
    parts = ["\n" if is_first else ""]
    parts.append(f"  {name}:\n    entity: {entity}\n    steps:\n")
    if stayed.events:
        parts.append(_legend(stayed, FIRST_DAYS, "    "))
    for line in steps:
        share = stayed.events.get(alike(line.name))
        note = (
            _in_words(share)
            if share and share.used
            else f"{counted(line.users, 'user')}; nobody knows who stays yet"
        )
        parts.append(
            f"      {quoted(line.name)}: # {note}\n"
            f"        {{event_name: {quoted(line.name)}}}\n"
        )
    return "".join(parts)


def _legend(stayed: Stayed, days: int, indent: str = "") -> str:
    """Explains the comments on who stayed."""
    first, after = STAYED
    return (
        f"{indent}  # Early is within {days} days of the first event; who did"
        f" something from day {first} to\n"
        f"{indent}  # {after - 1} again has stayed. Lift: the share of those"
        " who did it early that stayed, to\n"
        f"{indent}  # that of all {stayed.cohort:,} {stayed.unit},"
        f" {100 * stayed.share_stayed:.0f} %.\n"
    )


def _in_words(share: Share) -> str:
    """Says how many of those who did something early stayed."""
    return (
        f"early: {share.stayed:,} of {share.used:,} stayed,"
        f" {100 * share.stayed / share.used:.0f} %, lift {share.lift:.2f}"
    )


def _with_accounts(text: str, observed: Observed) -> str:
    """Adds the plans and sizes that were seen where they help."""
    notes = [
        _comment(
            f"Seen as {column}: "
            + ", ".join(
                f"{quoted(value)} ({count:,})" for value, count in values
            )
        )
        for column, values in observed.plans.items()
    ]
    text = text.replace("\nfeatures:", "\n" + "".join(notes) + "features:", 1)
    notes = [
        _comment(
            f"{column} of {counted(known, 'account')}: a quarter up to"
            f" {low:,g}, half up to {middle:,g}, three quarters up to"
            f" {high:,g}",
            "  ",
        )
        for column, (known, low, middle, high) in observed.sizes.items()
    ]
    return text.replace("\nbands:\n", "\nbands:\n" + "".join(notes), 1)


def _comment(text: str, indent: str = "") -> str:
    return "".join(f"{indent}# {line}\n" for line in wrap(text, 76))


def _reachable_bands(text: str, steps: int) -> str:
    """Sets activation bands and rules that this many steps can reach."""
    bounds = {
        name: round(100 * ceil(share * steps) / steps, 2)
        for name, share in (("medium", 0.4), ("high", 0.8))
    }
    if bounds["medium"] == bounds["high"]:
        bounds["medium"] /= 2  # rules and personas name it
    listed = ", ".join(f"{name}: {bound:g}" for name, bound in bounds.items())
    text = re.sub(
        r"^  activation_rate:.*$",
        f"  activation_rate: {{low: , {listed}}}",
        text,
        flags=re.MULTILINE,
    )
    # Rules start at the same rate as the band.
    return re.sub(
        r"(metric: activation_rate(?:_day_before)?, operator: \S+ value: )40\b",
        rf"\g<1>{bounds['medium']:g}",
        text,
    )


def _summary(
    observed: Observed,
    lines: list[Line],
    left_out: dict[str, str],
    key: list[str],
    steps: list[Line],
    stayed: Stayed,
) -> Iterator[str]:
    when = ""
    if observed.first_day and observed.last_day:
        when = f" of {observed.first_day} to {observed.last_day}"
    yield (
        f"Found {counted(observed.events, 'event')}{when}:"
        f" {counted(len(observed.counts), 'name')}, sent by"
        f" {counted(observed.users, 'user')} of"
        f" {counted(observed.accounts, 'account')}."
    )
    weighted = [line for line in lines if line.weight and not line.is_left_out]
    yield (
        "Weighted: "
        + "; ".join(
            f"{weight}: {_names(members)}"
            for weight in reversed(WEIGHTS[1:])
            if (members := [line for line in weighted if line.weight == weight])
        )
        + "."
    )
    reasons: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if not line.weight:
            reasons[line.reading.reason].append(line)
    if reasons:
        share = sum(line.events for line in lines if not line.weight)
        yield (
            f"Weight 0, {100 * share / max(observed.events, 1):.0f} % of"
            " events: "
            + "; ".join(
                f"{reason}: {_names(members)}"
                for reason, members in reasons.items()
            )
            + "."
        )
    beyond = sum(line.is_left_out for line in lines)
    if beyond:
        yield (
            f"Without a weight: {counted(beyond, 'more name')}, as"
            f" {MOST_WEIGHTED} are enough."
        )
    if left_out:
        yield f"Left out: {counted(len(left_out), 'name')}; the file says why."
    if key:
        yield f"Key features: {', '.join(key)}."
    how = (
        f"what {stayed.unit} that stayed did in their first week"
        if any(stayed.events.get(alike(line.name)) for line in steps)
        else "what most do; too few beginnings to tell who stays"
    )
    yield f"Checklist ({how}): {_names(steps)}."
    for column, values in observed.plans.items():
        yield (
            f"{column.capitalize()}s seen: "
            + ", ".join(f"{value} ({count:,})" for value, count in values)
            + "."
        )


def _look_first(
    lines: list[Line], observed: Observed, stayed: Stayed
) -> Iterator[str]:
    guesses = [
        line for line in lines if line.reading.is_guess and not line.is_left_out
    ]
    if guesses:
        yield (
            f"Weight {guesses[0].weight} is a guess of {_names(guesses)}: no"
            " verb in them is known."
        )
    sent = [
        line
        for line in lines
        if line.reading.reason.startswith("what the product sends")
    ]
    if sent:
        yield f"If people send or open these themselves, weigh {_names(sent)}."
    daily = [line for line in lines if line.reading.reason == _CLOCKWORK]
    if daily:
        yield f"If people do these every day, weigh {_names(daily)}."
    for line in lines:
        if line.names > 1:
            yield (
                f"{line.name} stands for {line.names:,} names: the file has the"
                " SQL that gives them this one."
            )
    groups = defaultdict(list)
    for line in lines:
        groups[alike(line.name)].append(line)
    for members in groups.values():
        if len(members) > 1:
            yield (
                "Are these one event? "
                + ", ".join(line.name for line in members)
                + ": they have one weight and one feature each."
            )
    if not observed.accounts:
        yield (
            "No event names its account: give users with an account_id, too,"
            " or nothing can be said of accounts."
        )
    if not observed.first_day:
        yield (
            "No occurred_at can be read as a time, so no event will count:"
            " write 2024-02-10 22:00, not 10.02.2024 or seconds since 1970."
        )
    elif not stayed.events:
        yield (
            f"Fewer than {COHORT} {stayed.unit} began early enough to see who"
            " stays: run init again once they have."
        )


def _too_early(profiles: dict[str, dict], observed: Observed) -> Iterator[str]:
    """Profiles that have too little history for a change of score."""
    if not (observed.first_day and observed.last_day):
        return
    for name, profile in profiles.items():
        period = profile["period_days"]
        change = profile.get("change_days") or period
        begins = observed.first_day + timedelta(days=period + change - 1)
        if begins > observed.last_day:
            yield (
                f"Scores of {name} change from {begins} on, with {period}"
                f" days of events {change} days before; until then the trend"
                " is new, and no signal comes of it."
            )


def _names(lines: Iterable[Line]) -> str:
    """Lists four names, and how many more there are."""
    names = [line.name for line in lines]
    shown = ", ".join(names[:4])
    more = len(names) - 4
    return f"{shown} and {more:,} more" if more > 0 else shown


def _unusable(name: str) -> str | None:
    """Says why a name can't be in the file; None if it can."""
    if len(quoted(name)) > _LONGEST_NAME:
        return f"is longer than {_LONGEST_NAME:,} characters"
    return unseedable(name)


def _replaced(text: str, key: str, value: str) -> str:
    """The text with another value for a top-level key."""
    return re.sub(
        rf"^{key}:.*\n(?:[ ].*\n)*",
        lambda _: f"{key}:{value}",
        text,
        flags=re.MULTILINE,
    )
