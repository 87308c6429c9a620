"""Which trial to call, and its value (G1 to G6)."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from golden import AS_OF_DATE, World, day
from product_signals.config import Config, read_config
from product_signals.errors import UserError
from product_signals.gate import check_config, check_seeds
from product_signals.package import starter_config
from product_signals.seeds import write_seeds
from scipy.stats import beta
from warehouse import Warehouse

Row = dict[str, Any]

HISTORY_START, ENDS = 60, -10
SMALL, MEDIUM, LARGE = 10, 100, 1000
# The days, as ages, on which a trial that converts reached each state.
NUDGED, QUALIFIED, CONVERTED = 15, 12, 2
# The same for one that nobody called in time.
EARLY, OVERDUE, CALLED, CANCELLED = 15, 9, 5, 1
# The last day of one that is called too late.
ENDED = 8
REPLAYED = (16, 13, 6, 0)
# The number of trials that the seed's likelihood counts as.
STRENGTHS = {"golden_lead": 200, "fizzler": 10, "silent_success": 3}


def _config() -> Config:
    starter = read_config(starter_config()).model_dump(
        exclude_none=True, exclude_unset=True
    )
    for persona, strength in STRENGTHS.items():
        starter["trial_personas"][persona]["prior_strength"] = strength
    starter["pql_thresholds"]["simple"]["large"]["min_active_users"] = 2
    return Config.model_validate(
        {
            "seed_prefix": "leads",
            "events": {
                "step": {},
                "point": {"weight": 1, "counts_as_activity": True},
                "key": {"feature": "key"},
                "other": {"feature": "other"},
            },
            "features": {"key": {"is_key": True}, "other": {}},
            # With this benchmark, the score is the number of points.
            "profiles": {"everybody": {"benchmark": 100, "period_days": 30}},
            # Each event meets a step: 5 percent, or 0.1 on the plan "fine".
            "checklists": {
                name: {
                    "entity": "account",
                    "priority": priority,
                    "steps": {
                        f"step_{n}": {"event_name": "step", "min_count": n}
                        for n in range(1, number + 1)
                    },
                    **more,
                }
                for priority, (name, number, more) in enumerate(
                    [
                        (
                            "fine",
                            1000,
                            {
                                "filter": {
                                    "attribute": "plan",
                                    "values": ["fine"],
                                }
                            },
                        ),
                        # Sign-ups without a trial have no checklist.
                        (
                            "coarse",
                            20,
                            {
                                "filter": {
                                    "attribute": "subscription_status",
                                    "values": ["trial"],
                                }
                            },
                        ),
                    ]
                )
            },
            "bands": starter["bands"],
            "pql_thresholds": starter["pql_thresholds"],
            "trial_personas": starter["trial_personas"],
            "signals": {
                "far_activated": {
                    "entity": "account",
                    "severity": "low",
                    "description": "Most steps are met.",
                    "teams": ["sales"],
                    "groups": [
                        [
                            {
                                "metric": "activation_rate",
                                "operator": ">",
                                "value": 80,
                            }
                        ]
                    ],
                    "actions": [{"team": "sales", "action": "Call"}],
                }
            },
        }
    )


class Trials(World):
    """A world of accounts on trial."""

    def trial(
        self,
        name: str,
        activation: float = 0,
        score: int = 0,
        employees: int | None = SMALL,
        users: int = 1,
        age: int = 10,
        **attributes: Any,
    ) -> str:
        """Adds an account on trial, with its activation and activity."""
        account = self.account(
            name,
            70,
            **{
                "trial_started_at": day(70),
                "trial_ends_at": day(ENDS),
                "employees": employees,
                "plan": "fine" if activation % 5 else "coarse",
                **attributes,
            },
        )
        for n in range(users):
            user = self.user(f"{name}_{n}", account, 70)
            if score:
                self.event(user, "point", age, score)
        self.steps(name, activation, age)
        return account

    def steps(self, name: str, activation: float, age: int) -> None:
        """Adds steps of the checklist, in percent."""
        if activation:
            [plan] = (
                a["plan"] for a in self.accounts if a["account_id"] == name
            )
            steps = activation * 10 if plan == "fine" else activation / 5
            self.event(f"{name}_0", "step", age, round(steps))

    def talk(self, account: str, direction: str, age: int, **more: Any) -> None:
        """Adds a message from or to an account."""
        self.communications.append(
            {
                "account_id": account,
                "occurred_at": day(age),
                "direction": direction,
                "sentiment": None,
                **more,
            }
        )

    def talks(self, account: str, sentiment: str | None = None) -> None:
        """Makes an account answer what it was asked."""
        self.talk(account, "outbound", 30)
        self.talk(account, "inbound", 25, sentiment=sentiment)


def _world() -> Trials:
    world = Trials()
    # G1: rates on either side of the thresholds, all with a score of 30.
    for size, employees, rates in (
        ("small", SMALL, (74.9, 75, 79.9, 80, 100)),
        ("medium", MEDIUM, (59.9, 60, 80, 80.1)),
        ("large", LARGE, (24.9, 25, 50, 50.1)),
    ):
        for rate in rates:
            world.trial(
                f"{size}_{rate}", rate, 30, employees,
                2 if size == "large" else 1,
            )  # fmt: skip
    world.trial("sizeless", 80, 30, None)
    # G3: activated, but not enough use.
    world.trial("hardly_used", 80, 24)
    world.trial("just_used", 80, 25)
    world.trial("lonely", 25, 30, LARGE)
    # Far activated for days, but not used enough to qualify.
    world.trial("used_later", 90, 0, MEDIUM, age=15)
    world.event("used_later_0", "point", 10, 30)
    # Contacted in time, by a message or a response; contacted only by the
    # account, or too early.
    for name in (
        "called",
        "called_today",
        "answered",
        "postponed",
        "wrote",
        "called_before",
        "planned",
    ):
        world.trial(name, 90, 30, MEDIUM)
    world.talk("called_today", "outbound", 0)
    world.talk("planned", "outbound", -1)
    world.talk("called", "outbound", 10)
    world.talk("wrote", "inbound", 9)
    world.talk("called_before", "outbound", 11)
    for name, response in (
        ("answered", "acknowledged"), ("postponed", "snoozed")
    ):  # fmt: skip
        world.signal_responses.append(
            {
                "signal_key": md5(
                    f"far_activated|account|{len(name)}|{name}".encode()
                ).hexdigest(),
                "responded_at": day(10),
                "response": response,
            }
        )
    # Two that change.
    world.trial("journey", 70, 30, age=20, converted_at=day(CONVERTED))
    world.steps("journey", 5, NUDGED)
    world.steps("journey", 10, QUALIFIED)
    world.trial("late", 20, 30, MEDIUM, age=20, cancelled_at=day(CANCELLED))
    world.steps("late", 45, EARLY)
    world.steps("late", 30, OVERDUE)
    world.talk("late", "outbound", CALLED)
    # One that ended, and what happened to the account afterwards.
    world.trial(
        "over", 90, 30, MEDIUM,
        trial_ends_at=day(ENDED), cancelled_at=day(CANCELLED),
    )  # fmt: skip
    world.talk("over", "outbound", CALLED)
    # Two that ended, with a word on their last day; two that end today.
    ended = {"trial_ends_at": day(ENDED)}
    world.trial("last_call", 90, 30, MEDIUM, **ended)
    world.talk("last_call", "outbound", ENDED)
    world.trial("last_line", 90, 30, MEDIUM, **ended)
    world.talk("last_line", "inbound", ENDED)
    world.trial("last_reply", 90, 30, MEDIUM, **ended)
    world.talk("last_reply", "outbound", ENDED + 3)
    world.talk("last_reply", "inbound", ENDED)
    world.trial(
        "left_before", 90, 30, MEDIUM, age=50,
        cancelled_at=day(40), trial_ends_at=day(30),
    )  # fmt: skip
    world.trial("ends_today", 10, trial_ends_at=day(0))
    world.trial("converts_today", 10, converted_at=day(0))
    _personas(world)
    _signups(world)
    return world


def _personas(world: Trials) -> None:
    """G4, G5: one of each, and ended trials, which make its likelihood."""
    deal = {"deal_size": 10_000, "csm": "ann"}
    world.trial("golden", 90, 60, **deal)
    world.talks("golden")
    world.trial("silent", 90, 60, **deal)
    world.trial("contrary", 50, 30, **deal)
    world.talks("contrary", "Negative")
    # The last sentiment stays, and one of two answered is active.
    world.talk("contrary", "outbound", 24)
    # A message from before the trial; a reply that took two weeks.
    world.trial("early_words", 10)
    world.talk("early_words", "outbound", 80)
    world.talk("early_words", "outbound", 70)
    world.talk("early_words", "inbound", 60)
    world.talk("early_words", "outbound", 30)
    world.trial("slow", 10)
    world.talk("slow", "outbound", 30)
    world.talk("slow", "inbound", 16)
    for name, fit, sentiment in (
        ("good_fit", "Good", None),
        ("poor_fit", "poor", "positive"),
        ("content", None, "neutral"),
        ("cross", None, "negative"),
        ("unknown_fit", None, None),
    ):
        world.trial(name, 10, 10, fit=fit)
        world.talks(name, sentiment)
    world.trial("fizzler", 90, 10)
    # Asked three times and answered once: too little.
    for age in (40, 30, 20):
        world.talk("fizzler", "outbound", age)
    world.talk("fizzler", "inbound", 35)
    world.trial("heartbreaker", 10, csm="ann")
    world.trial("nearly", 90, 30, csm="bob", trial_ends_at=day(-40))
    world.talks("nearly")
    # One of five that looked like heartbreakers converted, and only used the
    # product and talked afterwards.
    for n in range(3):
        world.trial(f"ended_{n}", 10, age=50, trial_ends_at=day(30 - n))
    endless = {"age": 50, "trial_ends_at": None}
    world.trial("left", 10, **endless, cancelled_at=day(20))
    world.trial(
        "bloomer", 10, age=50, converted_at=day(20), trial_ends_at=day(19)
    )
    world.steps("bloomer", 85, 20)
    world.event("bloomer_0", "point", 20, 90)
    world.talk("bloomer", "inbound", 20)
    # Of those whose trial is not over, only who converts is known.
    world.trial("quick", 10, age=50, converted_at=day(20))
    world.trial("leaver", 10, age=50, cancelled_at=day(5), trial_ends_at=day(0))
    world.trial("endless", 10, **endless)


def _signups(world: Trials) -> None:
    """G2: ten sign-ups, of whom seven, later eight, get there unaided."""
    for n in range(10):
        account = world.account(f"signup_{n}", 40)
        user = world.user(f"signup_{n}_0", account, 40)
        if n < 8:
            world.event(user, "key", (40 if n == 0 else 39) if n < 7 else 20)
        if n == 8:
            world.talk(account, "outbound", 39)
            world.event(user, "key", 38)
        # Talk afterwards, or at the same time, is no aid; what was done before
        # the sign-up, or with another feature, is not first value.
        if n in (1, 2):
            world.talk(account, "outbound", 37 + n)
        if n == 9:
            world.event(user, "key", 41)
            world.event(user, "other", 39)
    # Eleven ago, and before the history: neither is one of the last ten.
    for name, age in (("older", HISTORY_START), ("unknown", HISTORY_START + 1)):
        account = world.account(f"signup_{name}", age)
        world.user(f"signup_{name}_0", account, age)
    # On the last days of these two, the product counts differently.
    world.trial("when_complex", 60, 30, age=35, trial_ends_at=day(21))
    world.trial("when_simple", 60, 30, age=35, trial_ends_at=day(20))
    world.trial("when_unknown", 60, 30, age=35, trial_ends_at=day(34))


def _build(
    warehouse: Warehouse, world: Trials, *left_out: str, **variables: Any
) -> Warehouse:
    inputs = {
        name: getattr(world, name)
        for name in (
            "events",
            "users",
            "accounts",
            "communications",
            "signal_responses",
        )
        if name not in left_out
    }
    warehouse.load(**inputs)
    warehouse.configure(
        _config(),
        list(inputs),
        {
            "as_of_date": AS_OF_DATE.isoformat(),
            "history_start": day(HISTORY_START).date().isoformat(),
            **variables,
        },
    )
    warehouse.build(
        "--select",
        "+product_signals__accounts",
        "+product_signals__forecast",
        "+product_signals__leads",
    )
    return warehouse


@pytest.fixture(scope="module")
def warehouse(warehouse_factory: Callable[[str], Warehouse]) -> Warehouse:
    return _build(warehouse_factory("leads"), _world())


@pytest.fixture(scope="module")
def leads(warehouse: Warehouse) -> dict[str, Row]:
    return _leads(warehouse)


def _leads(warehouse: Warehouse) -> dict[str, Row]:
    return {
        row["account_id"]: row
        for row in warehouse.rows("from product_signals__leads")
    }


def _day(age: int) -> date:
    return day(age).date()


@pytest.mark.parametrize(
    ("account", "state"),
    [
        # G1: the lower bound triggers, 75 nudges.
        ("small_74.9", "not_yet"),
        ("small_75", "nudge"),
        ("small_79.9", "nudge"),
        ("small_80", "qualified"),
        ("small_100", "qualified"),
        ("medium_59.9", "not_yet"),
        ("medium_60", "qualified"),
        ("medium_80", "qualified"),
        ("medium_80.1", "overdue"),
        ("large_24.9", "not_yet"),
        ("large_25", "qualified"),
        ("large_50", "qualified"),
        ("large_50.1", "overdue"),
        ("sizeless", "qualified"),
        # G1: not overdue once somebody has been in touch.
        ("called", "qualified"),
        ("called_today", "qualified"),
        ("planned", "overdue"),
        ("answered", "qualified"),
        ("postponed", "overdue"),
        ("wrote", "overdue"),
        ("called_before", "overdue"),
        # G3: activation alone is not enough.
        ("hardly_used", "nudge"),
        ("just_used", "qualified"),
        ("lonely", "not_yet"),
        ("journey", "converted"),
        ("late", "qualified"),
        ("over", "overdue"),
        ("last_call", "qualified"),
    ],
)
def test_state_of_a_trial(
    leads: dict[str, Row], account: str, state: str
) -> None:
    assert leads[account]["pql_state"] == state


def test_state_changes_are_dated(leads: dict[str, Row]) -> None:
    journey, late = leads["journey"], leads["late"]
    assert journey["nudged_on"] == _day(NUDGED)
    assert journey["qualified_on"] == _day(QUALIFIED)
    assert journey["state_since"] == journey["converted_on"] == _day(CONVERTED)
    assert late["qualified_on"] == _day(EARLY)
    assert late["overdue_on"] == _day(OVERDUE)
    assert late["state_since"] == late["contacted_on"] == _day(CALLED)
    assert (late["trial_outcome"], late["ended_on"]) == (
        "cancelled", _day(CANCELLED)
    )  # fmt: skip
    assert leads["medium_80.1"]["state_since"] == _day(10)
    assert leads["called"]["overdue_on"] is None
    assert leads["small_74.9"]["state_since"] == _day(HISTORY_START)
    later = leads["used_later"]
    assert later["qualified_on"] == later["overdue_on"] == _day(10)


def test_what_follows_the_end_of_a_trial_changes_nothing(
    leads: dict[str, Row],
) -> None:
    """G1: ended trials stay as they were on their last day."""
    over = leads["over"]
    assert over["figures_on"] == _day(ENDED)
    assert over["contacted_on"] == _day(CALLED)
    assert over["state_since"] == over["overdue_on"] == _day(10)
    assert (over["trial_outcome"], over["ended_on"]) == (
        "expired", _day(ENDED - 1)
    )  # fmt: skip
    call = leads["last_call"]
    assert call["state_since"] == call["contacted_on"] == _day(ENDED)


def test_the_last_day_of_a_trial_is_part_of_it(leads: dict[str, Row]) -> None:
    """G1: it is open on that day, and converted on the day it converts."""
    today, converted = leads["ends_today"], leads["converts_today"]
    assert (today["trial_outcome"], today["ended_on"]) == ("open", None)
    assert (converted["pql_state"], converted["state_since"]) == (
        "converted", _day(0)
    )  # fmt: skip
    for name, age in (("leaver", 5), ("left_before", 40)):
        left = leads[name]
        assert (left["trial_outcome"], left["ended_on"]) == (
            "cancelled", _day(age)
        )  # fmt: skip
    assert leads["endless"]["trial_outcome"] == "open"


def test_the_clause_that_qualified_is_recorded(leads: dict[str, Row]) -> None:
    """G3: with the figures on that day."""
    assert leads["journey"]["qualified_by"] == (
        "activation 85 % ≥ 80 % (simple product, small); score 30 ≥ 25"
    )
    assert leads["large_50.1"]["qualified_by"] == (
        "activation 50.1 % ≥ 25 % (simple product, large); score 30 ≥ 25;"
        " active users 2 ≥ 2"
    )
    assert "(simple product, size unknown)" in leads["sizeless"]["qualified_by"]
    assert leads["small_79.9"]["qualified_by"] is None


def test_complexity_by_the_last_ten_signups(leads: dict[str, Row]) -> None:
    """G2: seven of ten unaided is complex, eight is simple.

    E4: whatever checklists they have, or none.
    """
    assert {
        name: (lead["complexity"], lead["complexity_source"])
        for name, lead in leads.items()
        if name.startswith("when_")
    } == {
        "when_unknown": ("simple", "assumed"),
        "when_complex": ("complex", "measured"),
        "when_simple": ("simple", "measured"),
    }
    # At 60 percent, from the day on which the product counts as complex.
    assert leads["when_unknown"]["qualified_on"] is None
    assert leads["when_complex"]["qualified_on"] == _day(33)
    assert leads["when_simple"]["qualified_on"] == _day(33)


@pytest.mark.parametrize(
    ("account", "persona", "certainty"),
    [
        ("golden", "golden_lead", "certain"),
        ("silent", "silent_success", "certain"),
        ("contrary", "contrary_converter", "certain"),
        ("good_fit", "positive_procrastinator", "certain"),
        ("content", "positive_procrastinator", "certain"),
        ("poor_fit", "incompatible", "certain"),
        ("cross", "procrastinator_or_incompatible", "tie"),
        ("unknown_fit", "procrastinator_or_incompatible", "tie"),
        ("fizzler", "fizzler", "certain"),
        ("heartbreaker", "heartbreaker", "certain"),
        ("nearly", "unclassified", "none"),
        # Its persona on the last day of the trial.
        ("bloomer", "heartbreaker", "certain"),
        ("quick", "heartbreaker", "certain"),
    ],
)
def test_persona(
    leads: dict[str, Row], account: str, persona: str, certainty: str
) -> None:
    lead = leads[account]
    assert lead["persona"] == persona
    assert lead["persona_certainty"] == certainty


def test_the_unclassified_name_the_nearest(leads: dict[str, Row]) -> None:
    """G4: never silent."""
    nearly, small = leads["nearly"], leads["small_80"]
    assert nearly["nearest_persona"] == "contrary_converter"
    assert nearly["differs_by"] == "activation high, not medium"
    assert small["nearest_persona"] == "fizzler"
    assert small["differs_by"] == "engagement medium, not inactive or low"
    assert leads["golden"]["nearest_persona"] is None


def test_communication_of_a_trial(leads: dict[str, Row]) -> None:
    """One of three messages answered; no messages; one sent unasked."""
    assert leads["fizzler"]["communication"] == Decimal("33.33")
    assert leads["fizzler"]["communication_band"] == "low"
    assert leads["silent"]["communication"] == 0
    assert leads["wrote"]["communication_band"] == "active"
    assert leads["contrary"]["sentiment"] == "negative"
    # What is said on the first or last day counts, what was before doesn't.
    assert leads["early_words"]["communication"] == 50
    for name in ("last_line", "last_reply"):
        assert leads[name]["communication"] == 100
    # After two weeks it is no reply, but a message of its own.
    assert leads["slow"]["communication"] == 50


def test_expected_value(leads: dict[str, Row]) -> None:
    """G5: 10,000 × 0.90 = 9,000."""
    assert leads["golden"]["expected_value"] == 9000
    assert leads["contrary"]["expected_value"] == 6000
    assert leads["heartbreaker"]["expected_value"] is None
    assert leads["heartbreaker"]["null_reasons"] == (
        "expected_value: no deal size"
    )
    over = leads["ended_0"]
    assert over["null_reasons"] == "expected_value: the trial is over"
    assert over["likelihood"] is None


def test_an_untold_tie_has_a_range(leads: dict[str, Row]) -> None:
    """G4: 0.05 to 0.30, with the point from the seed."""
    lead = leads["unknown_fit"]
    assert lead["likelihood"] == Decimal("0.15")
    assert lead["likelihood_low"] == Decimal("0.05")
    assert lead["likelihood_high"] == Decimal("0.30")
    assert lead["possible_personas"] == (
        "incompatible|positive_procrastinator|procrastinator_or_incompatible"
    )


def test_likelihood_moves_to_what_converted(leads: dict[str, Row]) -> None:
    """G6: (0.05 × 10 + 1) ÷ (10 + 5) = 0.1.

    One more converted in a trial that would go on, as others like it do.
    """
    lead = leads["heartbreaker"]
    assert (lead["ended_trials"], lead["converted_trials"]) == (5, 1)
    assert lead["likelihood"] == Decimal("0.1")


def test_interval_is_that_of_the_beta_distribution(
    leads: dict[str, Row],
) -> None:
    personas = _config().trial_personas
    seen = set()
    for lead in leads.values():
        if lead["trial_outcome"] != "open" or lead["possible_personas"]:
            continue
        persona = personas[lead["persona"]]
        converted = (
            persona.likelihood * persona.prior_strength
            + lead["converted_trials"]
        )
        total = persona.prior_strength + lead["ended_trials"]
        low, high = beta.ppf([0.025, 0.975], converted, total - converted)
        assert float(lead["likelihood_low"]) == pytest.approx(low, abs=1e-3)
        assert float(lead["likelihood_high"]) == pytest.approx(high, abs=1e-3)
        seen.add(lead["persona"])
    assert len(seen) == 8


def test_leads_are_in_order(leads: dict[str, Row]) -> None:
    ranked = sorted(
        (lead for lead in leads.values() if lead["lead_rank"]),
        key=lambda lead: lead["lead_rank"],
    )
    assert [lead["lead_rank"] for lead in ranked] == list(
        range(1, len(ranked) + 1)
    )
    states = [lead["pql_state"] for lead in ranked]
    assert list(dict.fromkeys(states)) == [
        "overdue",
        "qualified",
        "nudge",
        "not_yet",
    ]
    values = [
        lead["expected_value"] or 0
        for lead in ranked
        if lead["pql_state"] == "qualified"
    ]
    assert values == sorted(values, reverse=True)
    assert {lead["trial_outcome"] for lead in ranked} == {"open"}


def test_forecast(warehouse: Warehouse, leads: dict[str, Row]) -> None:
    """G5: the open trials by month and owner."""
    rows = {
        row["owner"]: row
        for row in warehouse.rows("from product_signals__forecast")
    }
    assert rows.keys() == {"ann", "bob", "unassigned"}
    assert rows["bob"]["month"] == date(2024, 8, 1)
    ann = rows["ann"]
    assert ann["month"] == date(2024, 7, 1)
    assert (ann["trials"], ann["trials_without_value"]) == (4, 1)
    assert ann["expected_value"] == 9000 + 7500 + 6000
    for end in ("low", "high"):
        assert ann[f"expected_value_{end}"] == pytest.approx(
            sum(
                leads[name][f"expected_value_{end}"]
                for name in ("golden", "silent", "contrary")
            )
        )
    assert rows["unassigned"]["expected_value"] is None


def test_accounts_have_their_lead(warehouse: Warehouse) -> None:
    rows = {
        row["account_id"]: row
        for row in warehouse.rows(
            "select account_id, pql_state, persona, expected_value"
            " from product_signals__accounts"
        )
    }
    assert rows["golden"] == {
        "account_id": "golden",
        "pql_state": "qualified",
        "persona": "golden_lead",
        "expected_value": 9000,
    }
    assert rows["signup_0"]["pql_state"] is None


def test_without_communications(
    warehouse_factory: Callable[[str], Warehouse],
) -> None:
    """G4: two indicators remain, and that is said; G2: complexity is fixed."""
    leads = _leads(
        _build(
            warehouse_factory("without_talk"),
            _world(),
            "communications",
            "signal_responses",
            product_complexity="complex",
        )
    )
    golden, contrary = leads["golden"], leads["contrary"]
    assert golden["persona"] == "silent_success"
    assert golden["persona_certainty"] == "two_indicators"
    assert golden["possible_personas"] == "golden_lead|silent_success"
    assert golden["communication_band"] is None
    assert golden["likelihood_low"] == Decimal("0.75")
    assert golden["likelihood_high"] == Decimal("0.9")
    assert golden["null_reasons"] == "communication: no such input"
    assert contrary["persona"] == "contrary_converter"
    assert contrary["possible_personas"] is None
    assert golden["complexity_source"] == "fixed"
    assert leads["when_unknown"]["qualified_by"] == (
        "activation 60 % ≥ 60 % (complex product, small); score 30 ≥ 25"
    )


@pytest.mark.long
def test_replayed_day_by_day_the_states_are_the_same(
    warehouse_factory: Callable[[str], Warehouse],
    warehouse: Warehouse,
    leads: dict[str, Row],
) -> None:
    """G1: daily runs give the same states as one full run."""
    replay = _build(
        warehouse_factory("replay"),
        _world(),
        as_of_date=_day(REPLAYED[0]).isoformat(),
    )
    seen = set()
    for age in REPLAYED:
        replay.build(as_of_date=_day(age).isoformat())
        for name, lead in _leads(replay).items():
            assert lead["pql_state"] == _state(leads[name], _day(age)), (
                name, age
            )  # fmt: skip
            seen.add((name, lead["pql_state"]))
    assert {state for name, state in seen if name == "journey"} == {
        "not_yet", "nudge", "qualified", "converted",
    }  # fmt: skip
    assert {state for name, state in seen if name == "late"} == {
        "not_yet", "qualified", "overdue",
    }  # fmt: skip
    assert _leads(replay) == leads


def _state(lead: Row, on: date) -> str:
    """A lead's state on a day, by the dates of its changes."""

    def is_past(column: str) -> bool:
        return lead[column] is not None and lead[column] <= on

    if is_past("converted_on"):
        return "converted"
    called = (
        is_past("contacted_on") and lead["contacted_on"] <= lead["figures_on"]
    )
    if is_past("overdue_on") and not called:
        return "overdue"
    if is_past("qualified_on"):
        return "qualified"
    return "nudge" if is_past("nudged_on") else "not_yet"


# -- What the gate refuses -----------------------------------------------------


@pytest.mark.parametrize(
    ("seed", "row", "changes", "message"),
    [
        (
            "trial_personas", "golden_lead",
            {"likelihood": "638"},
            '"638" is not a valid value; write a number from 0 to 1',
        ),
        (
            "trial_personas", "golden_lead",
            {"likelihood": "1.01"},
            '"1.01" is not a valid value; write a number from 0 to 1',
        ),
        (
            "trial_personas", "fizzler",
            {"engagement_band": "low|lukewarm"},
            '"low|lukewarm" is not a band of score',
        ),
        (
            "trial_personas", "silent_success",
            {"communication_band": "low|active"},
            'silent_success" has the same bands as golden_lead',
        ),
        (
            "trial_personas", "incompatible",
            {"tiebreak_values": ""},
            'tiebreak_values "" is empty, but the rest of the tiebreak is not',
        ),
        (
            "trial_personas", "golden_lead",
            {"activation_band": ""},
            'activation_band "" is empty; use bands of activation_rate',
        ),
        (
            "trial_personas", "unclassified",
            {"activation_band": "low"},
            "unclassified is what fits no persona",
        ),
        (
            "pql_thresholds", "small",
            {"nudge_at": "81"},
            'qualify_at "80.0" is below nudge_at, which is 81',
        ),
        (
            "pql_thresholds", "medium",
            {"overdue_above": "59.5"},
            'overdue_above "59.5" is below qualify_at, which is 60',
        ),
        (
            "pql_thresholds", "large",
            {"size_band": "huge"},
            'size_band "huge" is not a band of size_value',
        ),
        (
            "pql_thresholds", "large",
            {"size_band": "medium"},
            'simple, medium" is the key of 2 rows',
        ),
        (
            "pql_thresholds", "large",
            {"complexity": "tricky"},
            "write one of simple, complex",
        ),
    ],
)  # fmt: skip
def test_bad_seeds_are_refused(
    tmp_path: Path, seed: str, row: str, changes: dict[str, str], message: str
) -> None:
    """G5, and anything that would qualify nobody or everybody."""
    write_seeds(read_config(starter_config()), tmp_path)
    path = tmp_path / f"product_signals_config_{seed}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    spoiled = next(cells for cells in rows if row in cells.values())
    spoiled.update(changes)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(UserError) as refused:
        check_seeds(tmp_path)
    assert message in str(refused.value)


@pytest.mark.parametrize("likelihood", [638, 1.01, -0.1])
def test_no_likelihood_is_outside_0_to_1(
    tmp_path: Path, likelihood: float
) -> None:
    path = tmp_path / "product_signals.yml"
    text = starter_config().read_text(encoding="utf-8")
    path.write_text(
        text.replace("likelihood: 0.9", f"likelihood: {likelihood}"),
        encoding="utf-8",
    )
    with pytest.raises(UserError, match=f'likelihood "{likelihood}"'):
        read_config(path)


def test_messages_name_the_key_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "product_signals.yml"
    text = starter_config().read_text(encoding="utf-8")
    path.write_text(
        text.replace("small: {nudge_at: 75", "small: {nudge_at: 90", 1),
        encoding="utf-8",
    )
    with pytest.raises(UserError, match=r"pql_thresholds\.simple\.small"):
        check_config(read_config(path), path)
