"""Finds an account or a user, and explains how it is doing and why."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from functools import cached_property
from heapq import nlargest
from itertools import pairwise
from json import dumps
from typing import Any

from rich.console import Console
from rich.table import Table

from product_signals.errors import UserError, as_text
from product_signals.public_tables import Ask
from product_signals.report.words import ago

MOST_SUGGESTIONS = 5

# How alike two texts must be before one is suggested for the other.
_NEAR = 0.6

_NAMES = {
    "account": """
        select account_id as id, account_name as name, domain as address,
            lifecycle_stage as detail
        from {accounts}
        order by account_id
    """,
    "user": """
        select users.user_id as id, users.full_name as name,
            users.email as address,
            'of ' || coalesce(accounts.account_name, users.account_id)
                as detail
        from {users} as users
        left join {accounts} as accounts
            on users.account_id = accounts.account_id
        order by users.user_id
    """,
}

_ROW = {
    "account": "select * from {accounts} where account_id = ?",
    "user": """
        select users.*, accounts.account_name
        from {users} as users
        left join {accounts} as accounts
            on users.account_id = accounts.account_id
        where users.user_id = ?
    """,
}

_BANDS = (
    "tenure",
    "size",
    "activation",
    "active_user",
    "score",
    "adoption",
    "habit",
)

_METRICS = (
    "tenure_days",
    "size_value",
    "activation_rate",
    "days_since_last_step",
    "score",
    "trend",
    "behavior_change",
    "score_slope",
    "active_users",
    "seen_users",
    "known_users",
    "active_user_rate",
    "adoption_rate",
    "missing_key_feature_names",
    "active_days_90d",
    "usage_vs_baseline",
    "days_since_last_active",
    "null_reasons",
)

_SCORES = {
    entity: f"""
        select scores.profile, scores.is_main_profile, scores.score,
            scores.previous_score, scores.score_change,
            scores.behavior_change, scores.score_band, scores.trend,
            scores.raw_score, scores.previous_raw_score, scores.benchmark,
            scores.score_rank, scores.score_percentile
        from {{{entity}_scores}} as scores
        inner join {{{entity}s}} as latest
            on
                scores.{entity}_id = latest.{entity}_id
                and scores.as_of_date = latest.as_of_date
        where latest.{entity}_id = ?
        order by
            case when scores.is_main_profile then 1 else 2 end, scores.profile
    """
    for entity in _NAMES
}

_COMPONENTS = """
    select profile, event_name, event_count, counted, weight, points, share,
        previous_points, points_change
    from {score_components}
    where entity = ? and entity_id = ?
    order by profile, points desc, points_change, event_name
"""

_HEALTH = (
    "health_score",
    "health_change",
    "health_grade",
    "health_coverage",
    "health_missing",
    "health_reason",
)

_HEALTH_COMPONENTS = """
    select component, metric, metric_value, value, weight, applied_weight,
        contribution
    from {health_components}
    where account_id = ?
    order by weight desc, component
"""

_LEAD = """
    select lead_rank, pql_state, state_since, qualified_by, qualified_on,
        contacted_on, persona, activation_band, engagement_band,
        communication_band, persona_certainty, nearest_persona, differs_by,
        likelihood, likelihood_low, likelihood_high, ended_trials,
        converted_trials, deal_size, expected_value, expected_value_low,
        expected_value_high,
        trial_outcome, trial_ends_on, action
    from {leads}
    where account_id = ?
"""

# An account's signals include those of its users; a user's are those that are
# about them.
_ABOUT = {
    "account": "signals.account_id = ?",
    "user": "? in ("
    "case when signals.entity = 'user' then signals.entity_id end,"
    " case when signals.subject_type = 'user' then signals.subject_id end)",
}

_SIGNALS = """
    select signals.signal_id, signals.signal, signals.signal_name,
        signals.severity, signals.entity, signals.entity_id,
        signals.account_id, signals.subject_type, signals.subject_id,
        coalesce(
            users.full_name, users.email, features.feature_name,
            signals.subject_id,
            case when signals.entity = 'user' then signals.entity_id end
        ) as subject_name,
        signals.opened_on, signals.last_held_on, signals.still_holds,
        signals.is_suppressed, signals.is_held_back, signals.is_latest,
        signals.is_answered, signals.response, signals.responded_on,
        signals.responded_by, signals.snoozed_until, signals.priority,
        signals.reason, signals.now, signals.actions
    from {{signals}} as signals
    left join {{users}} as users
        on
            users.user_id = case
                when signals.entity = 'user' then signals.entity_id
                when signals.subject_type = 'user' then signals.subject_id
            end
    left join (
        select distinct feature, feature_name from {{account_features}}
    ) as features
        on
            signals.subject_type = 'feature'
            and signals.subject_id = features.feature
    where signals.is_open and {about}
    order by signals.priority nulls last, signals.opened_on desc,
        signals.signal_id
"""

_EVIDENCE = """
    select evidence.signal_id, evidence.metric, evidence.operator,
        evidence.threshold, evidence.observed, evidence.observed_on,
        evidence.observed_now
    from {{signal_evidence}} as evidence
    inner join {{signals}} as signals
        on evidence.signal_id = signals.signal_id
    where signals.is_open and {about}
    order by evidence.condition_group, evidence.condition_number
"""

_NEXT_ACTION = """
    select signals.next_action
    from {{work_list}} as signals
    where {about} and signals.next_action is not null
    order by signals.place
    limit 1
"""


@dataclass(frozen=True)
class _Subject:
    """An account or user who may be meant; address is a domain or an email."""

    entity: str
    id: str
    name: str | None
    address: str | None
    detail: str | None

    def __str__(self) -> str:
        parts = (self.id, self.name, self.address, self.detail)
        return f"{self.entity} {as_text(', '.join(filter(None, parts)))}"

    @cached_property
    def texts(self) -> list[str]:
        """The texts that may be searched for, the name last."""
        return [
            _folded(text or "") for text in (self.id, self.address, self.name)
        ]


def explanation(
    ask: Ask, what: str, entity: str | None = None
) -> dict[str, Any]:
    """Explains how an account or a user is doing, and why.

    Args:
        ask: The public tables.
        what: An account's id, name or domain, or a user's id, name or email.
            An id is tried first, an account's before a user's; then an equal
            text in any case; then the beginning of a name, then part of one.
        entity: account or user, to search only these.

    Returns:
        Keys are columns of the tables they come from, with the same meaning
        and unit, unless listed here. Unknown values are None.

        - entity, id, name: who it is; account_id and account_name: a user's
          account, or the account itself; domain, email; deactivated_at of a
          user, and deactivated_on, its day
        - as_of_date, lifecycle_stage, expected_stage
        - scores: a dict for each profile, the main one first
        - bands: tenure, size, activation, active_user, score, adoption, habit
        - habit, metrics
        - confidence, confidence_reason: how much data the score is based on
        - components: what each event added to the score of each profile
        - health: an account's health, with a list of components, the largest
          weight first; None for a user
        - lead: the row of product_signals__leads of an account that is or was
          on trial; None for others
        - signals: the open ones, most urgent first, each with its evidence,
          its actions as a list, and subject_name, the name of whom or what it
          is about
        - next_action: that of the most urgent signal on the work list

    Raises:
        UserError: Nobody matches, or more than one does.
    """
    entity, key = _find(ask, what, [entity] if entity else list(_NAMES))
    [row] = ask(_ROW[entity], key)
    about = _ABOUT[entity]
    evidence: dict[str, list[dict[str, Any]]] = {}
    for condition in ask(_EVIDENCE.format(about=about), key):
        evidence.setdefault(condition.pop("signal_id"), []).append(condition)
    actions = ask(_NEXT_ACTION.format(about=about), key)
    leads = ask(_LEAD, key) if entity == "account" else []
    return {
        "entity": entity,
        "id": key,
        "name": row["account_name" if entity == "account" else "full_name"],
        **{
            column: row.get(column)
            for column in (
                "account_id",
                "account_name",
                "domain",
                "email",
                "deactivated_at",
                "deactivated_on",
                "as_of_date",
                "lifecycle_stage",
                "expected_stage",
            )
        },
        "scores": ask(_SCORES[entity], key),
        "bands": {name: row.get(f"{name}_band") for name in _BANDS},
        "habit": row["habit"],
        "metrics": {name: row.get(name) for name in _METRICS},
        "confidence": row.get("confidence"),
        "confidence_reason": row.get("confidence_reason"),
        "components": ask(_COMPONENTS, entity, key),
        "health": {name: row[name] for name in _HEALTH}
        | {"components": ask(_HEALTH_COMPONENTS, key)}
        if entity == "account"
        else None,
        "lead": leads[0] if leads else None,
        "signals": [
            {
                **signal,
                "actions": signal["actions"].split(" | ")
                if signal["actions"]
                else [],
                "evidence": evidence.get(signal["signal_id"], []),
            }
            for signal in ask(_SIGNALS.format(about=about), key)
        ],
        "next_action": actions[0]["next_action"] if actions else None,
    }


def as_json(explained: dict[str, Any]) -> str:
    """Writes an explanation for programs.

    Args:
        explained: What explanation() returned.

    Returns:
        JSON in ASCII, with ISO dates, and decimals as numbers.
    """

    def plain(value: Decimal | date) -> float | str:
        return float(value) if isinstance(value, Decimal) else value.isoformat()

    return dumps(explained, default=plain, indent=2)


def _find(ask: Ask, what: str, entities: list[str]) -> tuple[str, str]:
    """Finds who is meant, as entity and id."""
    wanted = what.strip()
    wanted.encode()  # databases want UTF-8
    asked = f'"{as_text(wanted)}"'
    if not wanted:
        raise UserError(
            f"{asked}: is empty; give an account's id, name or domain, or a"
            " user's id, name or email"
        )
    for entity in entities:
        if ask(
            f"select {entity}_id from {{{entity}s}} where {entity}_id = ?",
            wanted,
        ):
            return entity, wanted
    subjects = [
        _Subject(entity, **row)
        for entity in entities
        for row in ask(_NAMES[entity])
    ]
    folded = _folded(wanted)
    found = _meant(subjects, folded)
    if len(found) == 1:
        return found[0].entity, found[0].id
    if found:
        more = len(found) - MOST_SUGGESTIONS
        raise UserError(
            f"{asked}: may be any of {len(found)}; give the id of one, and"
            " --entity user if an account has the same:\n"
            + _listed(found)
            + (f"\n  and {more} more" if more > 0 else "")
        )
    near = _near(subjects, folded)
    raise UserError(
        f"{asked}: no {' or '.join(entities)} has this id, name,"
        " domain or email; "
        + (
            "did you mean one of these?\n" + _listed(near)
            if near
            else "look them up in product_signals__accounts and"
            " product_signals__users"
        )
    )


def _meant(subjects: list[_Subject], folded: str) -> list[_Subject]:
    """The best matches: equal texts, else beginnings, else parts of names."""
    for fits in (
        lambda subject: folded in subject.texts,
        lambda subject: subject.texts[-1].startswith(folded),
        lambda subject: folded in subject.texts[-1],
    ):
        found = [subject for subject in subjects if fits(subject)]
        if found:
            return found
    return []


def _near(subjects: list[_Subject], folded: str) -> list[_Subject]:
    """Those with a similar spelling, the nearest first."""
    matcher = SequenceMatcher(b=folded, autojunk=False)
    pairs = [first + second for first, second in pairwise(folded)]

    def likeness(text: str) -> float:
        # The matcher alone would take a minute for 100,000 users.
        if sum(pair in text for pair in pairs) * 3 < len(pairs):
            return 0
        matcher.set_seq1(text)
        return matcher.ratio()

    scored = [(max(map(likeness, one.texts)), one) for one in subjects]
    return [
        subject
        for near, subject in nlargest(
            MOST_SUGGESTIONS, scored, key=lambda pair: pair[0]
        )
        if near >= _NEAR
    ]


def _listed(subjects: list[_Subject]) -> str:
    return "\n".join(f"  {subject}" for subject in subjects[:MOST_SUGGESTIONS])


def _folded(text: str) -> str:
    """A text in a form that ignores case and surrounding blanks."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def print_explanation(explained: dict[str, Any], console: Console) -> None:
    """Prints how an account or a user is doing, and why.

    Args:
        explained: What explanation() returned.
        console: Where to print.
    """
    shown = _shown(explained)
    if shown["entity"] == "account":
        more = (
            f", {shown['lifecycle_stage']} (expected:"
            f" {shown['expected_stage']})"
        )
    else:
        name = shown["account_name"] or shown["account_id"] or "no account"
        more = f", user of {name}"
        if shown["account_name"]:
            more += f" ({shown['account_id']})"
        if left := shown["deactivated_on"]:
            ahead = "to be " if left > shown["as_of_date"] else ""
            more += f", {ahead}deactivated on {left}"
    named = shown["name"] or shown["email"]
    who = f"{named} ({shown['id']})" if named else shown["id"]
    console.print(f"\n{who} on {shown['as_of_date']}{more}\n")
    main = next(
        (score for score in shown["scores"] if score["is_main_profile"]), None
    )
    _vectors(console, shown)
    _scores(console, shown)
    components = [
        component
        for component in shown["components"]
        if main and component["profile"] == main["profile"]
    ]
    if components:
        _components(console, main, components)
    else:
        where = " in the main profile" if shown["components"] else ""
        console.print(f"Nothing has earned points{where}.\n")
    if shown["health"]:
        _health(console, shown["health"])
    if shown["lead"]:
        _lead(console, shown["lead"])
    for signal in shown["signals"]:
        _signal(console, signal)
    if not shown["signals"]:
        console.print("No signal is open.\n")
    if shown["next_action"]:
        console.print(f"Next: {shown['next_action']}\n")


def _shown(value: Any) -> Any:
    """Makes all texts in a value safe to print in a terminal."""
    if isinstance(value, str):
        return as_text(value)
    if isinstance(value, dict):
        return {key: _shown(part) for key, part in value.items()}
    return (
        [_shown(part) for part in value] if isinstance(value, list) else value
    )


def _number(value: Any, unit: str = "", form: str = "g") -> str:
    if value is None:
        return "–"
    number = float(value)
    # The six digits of "g" are enough for scores, but not for points.
    if form in ("g", "+g") and abs(number) >= 1:
        number, form = round(number, 2), form.replace("g", ".15g")
    return f"{number:{form}}{unit}"


def _days(count: Any) -> str:
    return _number(count, " day" if count == 1 else " days")


def _table(
    title: str, texts: tuple[str, ...], numbers: tuple[str, ...]
) -> Table:
    table = Table(title=title, title_justify="left", pad_edge=False)
    for column in texts:
        table.add_column(column, no_wrap=True)
    for column in numbers:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _vectors(console: Console, shown: dict[str, Any]) -> None:
    metrics, bands = shown["metrics"], shown["bands"]
    change, slope = metrics["behavior_change"], metrics["score_slope"]
    last_step = metrics["days_since_last_step"]
    is_account = shown["entity"] == "account"
    table = _table("Where it stands", ("",), ("",))
    table.add_column("band", no_wrap=True)
    table.add_column("")
    engagement = (
        f"{metrics['trend'] or 'no profile fits'}"
        + (
            ""
            if change is None
            else f", {_number(change, form='+g')} through"
            f" {'its' if is_account else 'their'} own activity"
        )
        + ("" if slope is None else f"; slope {_number(slope)} a week")
    )
    rows = [
        ("tenure", _days(metrics["tenure_days"]), "tenure", ""),
        ("size", _number(metrics["size_value"]), "size", ""),
        (
            "activation",
            _number(metrics["activation_rate"], " %"),
            "activation",
            "" if last_step is None else f"last step {ago(last_step)}",
        ),
        ("engagement", _number(metrics["score"]), "score", engagement),
        (
            "active users",
            _number(metrics["active_user_rate"], " %"),
            "active_user",
            f"{_number(metrics['active_users'])} of"
            f" {_number(metrics['seen_users'])} seen,"
            f" {_number(metrics['known_users'])} known",
        ),
        (
            "adoption",
            _number(metrics["adoption_rate"], " %"),
            "adoption",
            f"missing: {metrics['missing_key_feature_names'] or 'none'}"
            if is_account
            else "",
        ),
        (
            "habit",
            _number(shown["habit"], " %"),
            "habit",
            f"{_number(metrics['active_days_90d'])} active"
            f" day{'' if metrics['active_days_90d'] == 1 else 's'} of 90"
            + (
                ""
                if metrics["usage_vs_baseline"] is None
                else f"; weekly users at"
                f" {_number(metrics['usage_vs_baseline'], ' %', '.0f')} of its"
                " own past"
            ),
        ),
    ]
    for name, value, band, more in rows:
        if is_account or name not in ("size", "active users"):
            table.add_row(name, value, (band and bands[band]) or "", more)
    console.print(table)
    if metrics["null_reasons"]:
        console.print(metrics["null_reasons"])
    console.print()


def _scores(console: Console, shown: dict[str, Any]) -> None:
    if not shown["scores"]:
        return
    table = _table(
        "Scores",
        ("profile", "band"),
        ("score", "before", "change", "own activity"),
    )
    for score in shown["scores"]:
        table.add_row(
            score["profile"],
            score["score_band"] or "",
            _number(score["score"]),
            _number(score["previous_score"]),
            _number(score["score_change"], form="+g"),
            _number(score["behavior_change"], form="+g"),
        )
    console.print(table)
    if shown["confidence"]:
        reason = shown["confidence_reason"]
        console.print(
            f"Confidence in the score: {shown['confidence']}"
            + (f" ({reason})" if reason else "")
        )
    console.print()


def _components(
    console: Console, score: dict[str, Any], components: list[dict[str, Any]]
) -> None:
    table = _table(
        f"What made the {_number(score['raw_score'] or 0)} points of"
        f" {score['profile']}",
        ("event",),
        ("times", "counted", "weight", "points", "share", "change"),
    )
    for component in components:
        table.add_row(
            component["event_name"],
            f"{component['event_count']:,}",
            f"{component['counted']:,}",
            _number(component["weight"]),
            _number(component["points"]),
            _number(component["share"], " %", ".0f"),
            _number(component["points_change"], form="+g"),
        )
    console.print(table)
    console.print()


def _health(console: Console, health: dict[str, Any]) -> None:
    if not health["components"]:
        return
    score = _number(health["health_score"])
    grade = f" ({health['health_grade']})" if health["health_grade"] else ""
    change = health["health_change"]
    table = _table(
        f"Health {score}{grade}"
        + (
            ""
            if change is None
            else f", {_number(change, form='+g')} in 30 days"
        ),
        ("component", "metric"),
        ("figure", "0 to 100", "weight", "points"),
    )
    for component in health["components"]:
        if component["value"] is None:  # printed below
            continue
        table.add_row(
            component["component"],
            component["metric"],
            _number(component["metric_value"]),
            _number(component["value"]),
            _number(component["applied_weight"], " %", ".0f"),
            _number(component["contribution"]),
        )
    console.print(table)
    if health["health_reason"]:
        console.print(health["health_reason"])
    if health["health_missing"]:
        console.print(
            f"From {_number(health['health_coverage'])} % of the weight; not"
            f" known: {health['health_missing'].replace('|', ', ')}"
        )
    console.print()


def _lead(console: Console, lead: dict[str, Any]) -> None:
    is_open = lead["trial_outcome"] == "open"
    ended = "ends on" if is_open else f"{lead['trial_outcome']}; was to end on"
    state = lead["pql_state"].replace("_", " ")
    console.print(
        f"Trial, {ended} {lead['trial_ends_on'] or 'no date'}: {state} since"
        f" {lead['state_since']}"
    )
    qualified = lead["qualified_by"]
    if qualified:
        contact = lead["contacted_on"]
        qualified = f"qualified on {lead['qualified_on']}: {qualified};" + (
            f" in touch since {contact}" if contact else " nobody in touch"
        )
    for text in (qualified, _persona(lead)):
        if text:
            console.print(f"  {text}")
    if lead["expected_value"] is not None:
        console.print(
            f"  worth {_number(lead['expected_value'], form=',.0f')}"
            f" ({_number(lead['expected_value_low'], form=',.0f')} to"
            f" {_number(lead['expected_value_high'], form=',.0f')}):"
            f" {_number(lead['deal_size'], form=',.0f')} ×"
            f" {_number(lead['likelihood'], form='.4f')};"
            f" {lead['converted_trials']} of {lead['ended_trials']} trials of"
            " this kind that ended converted"
        )
    if lead["action"]:
        console.print(f"  → {lead['action']}")
    console.print()


def _persona(lead: dict[str, Any]) -> str:
    """The kind of trial, and how certain it is."""
    kind = lead["persona"].replace("_", " ") + ": "
    kind += ", ".join(
        f"{name} {(lead[f'{name}_band'] or 'not known').replace('_', ' ')}"
        for name in ("activation", "engagement", "communication")
    )
    if lead["nearest_persona"]:
        nearest = lead["nearest_persona"].replace("_", " ")
        kind += f"; nearest to {nearest} but for {lead['differs_by']}"
    return kind


def _signal(console: Console, signal: dict[str, Any]) -> None:
    subject = signal["subject_name"]
    console.print(
        f"{signal['signal_name']} ({signal['severity']})"
        f"{f': {subject}' if subject else ''}, since {signal['opened_on']};"
        f" {_state(signal)}"
    )
    for text in (signal["reason"], signal["now"] and f"now: {signal['now']}"):
        if text:
            console.print(f"  {text}")
    for condition in signal["evidence"]:
        threshold, observed = condition["threshold"], condition["observed"]
        console.print(
            f"    {condition['metric']}"
            f" {'unknown' if observed is None else f'= {observed}'}"
            f" ({condition['operator']}{f' {threshold}' if threshold else ''})"
        )
    for action in signal["actions"]:
        console.print(f"  → {action}")
    console.print()


def _state(signal: dict[str, Any]) -> str:
    """A signal's place on the work list, or why it has none."""
    if signal["is_held_back"]:
        return "held back: the data are at fault"
    if signal["is_suppressed"]:
        return "suppressed by another signal"
    if signal["severity"] == "info":
        return "news"
    if not signal["is_latest"]:
        return "happened again since"
    if signal["still_holds"] is False:
        return "holds no longer"
    if signal["is_answered"]:
        return _answer(signal)
    if signal["priority"] is None:
        return "nothing to do: they have left, are back, or are dormant"
    return f"number {signal['priority']} of the work list"


def _answer(signal: dict[str, Any]) -> str:
    """Somebody's answer to a signal."""
    answer = str(signal["response"])
    if signal["snoozed_until"]:
        answer += f" until {signal['snoozed_until']}"
    if signal["responded_by"]:
        answer += f" by {signal['responded_by']}"
    return answer
