"""Weights that outcomes suggest, and that nobody applies (L5, H5)."""

from __future__ import annotations

import math
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

import duckdb
import pytest
import yaml
from golden import AS_OF_DATE, World, day
from jinja2 import Environment
from product_signals.config import Config, read_config
from product_signals.package import package_root, starter_config
from warehouse import Warehouse

Row = dict[str, Any]
Table = Sequence[float]

AGE, START, WINDOW, TRIAL = 364, 300, 90, 250
LEAST, ERRORS = 20, 3

# Admissions to Berkeley by sex, one row per department: R's data set
# UCBAdmissions (Bickel, Hammel and O'Connell, 1975).
BERKELEY = [
    (512, 313, 89, 19),
    (353, 207, 17, 8),
    (120, 205, 202, 391),
    (138, 279, 131, 244),
    (53, 138, 94, 299),
    (22, 351, 24, 317),
]


def pooled(tables: Iterable[Table]) -> tuple[float, float]:
    """Logarithm of the common odds ratio, and its standard error.

    As in Robins, Breslow and Greenland (1986), with the same letters.
    """
    r, s, p, q = [], [], [], []
    for a, b, c, d in tables:
        n = a + b + c + d
        r.append(a * d / n)
        s.append(b * c / n)
        p.append((a + d) / n)
        q.append((b + c) / n)

    def total(one: list[float], other: list[float]) -> float:
        return math.fsum(x * y for x, y in zip(one, other, strict=True))

    all_r, all_s = math.fsum(r), math.fsum(s)
    variance = (
        total(p, r) / (2 * all_r**2)
        + (total(p, s) + total(q, r)) / (2 * all_r * all_s)
        + total(q, s) / (2 * all_s**2)
    )
    return math.log(all_r / all_s), math.sqrt(variance)


def macro(tables: Iterable[Table]) -> tuple[float | None, float | None]:
    """The same with the package's macro."""
    file = package_root() / "macros/statistics/comparisons.sql"
    module = Environment().from_string(file.read_text(encoding="utf-8")).module
    rows = ", ".join(f"('key', {', '.join(map(str, t))})" for t in tables)
    [odds] = duckdb.execute(
        f"with given as (from (values {rows}) as given (name, with_hits,"
        " with_misses, without_hits, without_misses))"
        f" select * exclude (name) from"
        f" ({module.mantel_haenszel('given', ['name'])}) as odds"
    ).fetchall()
    return odds


def test_the_odds_ratio_is_the_published_one() -> None:
    """R prints this for mantelhaen.test(UCBAdmissions)."""
    log_odds, error = macro(BERKELEY)
    assert math.exp(log_odds) == pytest.approx(0.9046968, abs=5e-8)
    for sign, bound in ((-1, 0.7719074), (1, 1.0603298)):
        # The normal distribution's 97.5th percentile.
        assert math.exp(
            log_odds + sign * 1.959963984540054 * error
        ) == pytest.approx(bound, abs=5e-8)


def test_of_one_table_it_is_woolfs() -> None:
    """ad/bc, and the sum of the reciprocals of the cells."""
    log_odds, error = macro([(16, 4, 6, 14)])
    assert log_odds == pytest.approx(math.log(16 * 14 / (4 * 6)))
    assert error == pytest.approx(math.sqrt(1 / 16 + 1 / 4 + 1 / 6 + 1 / 14))


def test_of_random_tables_it_is_the_formulas() -> None:
    chance = random.Random(3)
    for groups in (1, 2, 40):
        tables = [
            tuple(chance.randrange(1, 9) for _ in range(4))
            for _ in range(groups)
        ]
        assert macro(tables) == pytest.approx(pooled(tables))


def test_without_end_it_is_null() -> None:
    assert macro([(5, 0, 3, 4)])[0] is None
    assert macro([(0, 5, 3, 4)])[0] is None


def _config() -> Config:
    starter = read_config(starter_config())
    return Config.model_validate(
        {
            "seed_prefix": "suggested",
            "events": {
                "login": {"weight": 1, "counts_as_activity": True},
                "helps": {"weight": 8},
                "half": {"weight": 1},
                "follows": {"weight": 6},
                "hurts": {"weight": 5},
                "seldom": {"weight": 2},
                "nobody": {"weight": 3},
                "unweighted": {},
                "gold_use": {"weight": 1, "feature": "gold"},
                "silver_use": {"feature": "silver"},
                "invites": {"weight": 8, "feature": "unlisted"},
            },
            "features": {
                "gold": {"plans": ["gold"]},
                "silver": {"plans": ["silver"]},
            },
            "weight_sets": {"other": {"helps": 4, "half": 2, "login": 0}},
            "profiles": {"everybody": {"benchmark": 100}},
            "bands": starter.bands,
        }
    )


class Customers(World):
    """A world of accounts that did something and whose outcome is known."""

    def customer(
        self, name: str, stayed: bool, days: int, plan: str, *events: str
    ) -> None:
        """Adds an account with one person, who logged in on `days` days.

        They did everything else on a day on which they logged in.
        """
        self.account(
            name,
            AGE,
            plan=plan,
            trial_started_at=None,
            converted_at=None,
            cancelled_at=None if stayed else day(30),
        )
        self.user(f"{name}_user", name, AGE)
        for number in range(days):
            self.event(f"{name}_user", "login", WINDOW + number)
        for event in events:
            self.event(f"{name}_user", event, WINDOW)

    def trial(self, name: str, converted: bool, *events: str) -> None:
        self.account(
            name,
            AGE,
            trial_started_at=day(TRIAL),
            converted_at=day(TRIAL - 60) if converted else None,
            cancelled_at=day(WINDOW + 30),
        )
        self.user(f"{name}_user", name, AGE)
        for event in events:
            self.event(f"{name}_user", event, TRIAL - 6)


# What accounts that logged in on 1 day and on 20 days did: how many of those
# that stayed did it, and how many of those that left.
LIGHT, HEAVY = (30, 70), (90, 10)
DID = {
    # One in five light ones and four in five heavy ones, whether they stayed or
    # left: no effect of its own.
    "follows": ((6, 14), (72, 8)),
    "helps": ((24, 16), (50, 0)),
    "half": ((22, 28), (48, 2)),
    "hurts": ((2, 28), (21, 9)),
    "seldom": ((2, 3), (4, 1)),
    "unweighted": ((24, 16), (50, 0)),
}


def _customers() -> Customers:
    world = Customers()
    for days, (stayed, left), place in ((1, LIGHT, 0), (20, HEAVY, 1)):
        for number in range(stayed + left):
            has_stayed = number < stayed
            rank = number if has_stayed else number - stayed
            world.customer(
                f"{days}_{number}",
                has_stayed,
                days,
                # The first ones that stayed have these plans.
                {0: "gold", 1: "silver"}.get(number // 40, "basic")
                if days == 20
                else "basic",
                *(
                    event
                    for event, did in DID.items()
                    if rank < did[place][0 if has_stayed else 1]
                ),
                *(["gold_use"] if number < 10 and days == 20 else []),
                *(["silver_use"] if number % 2 and days == 20 else []),
            )
            # Events that are not use, or are outside the window.
            user = f"{days}_{number}_user"
            world.event(user, "helps", 100, actor_type="automation")
            world.event(user, "half", WINDOW - 1)
            world.event(user, "follows", WINDOW + 30)
            world.event(user, "nobody", 100, count=0)
    for number in range(80):
        # 32 of the 40 that invited converted, and 8 of the 40 others.
        invited = number < 40
        world.trial(
            f"trial_{number}",
            number % 40 < (32 if invited else 8),
            "login",
            *(["invites"] if invited else []),
        )
    return world


def _build(
    warehouse: Warehouse,
    world: World,
    config: Config,
    table: str = "product_signals__suggested_weights",
) -> None:
    warehouse.load(
        events=world.events, users=world.users, accounts=world.accounts
    )
    warehouse.configure(
        config,
        ["events", "users", "accounts"],
        {
            "as_of_date": str(AS_OF_DATE),
            "history_start": str(day(START).date()),
        },
    )
    path = warehouse.project / "dbt_project.yml"
    project = yaml.safe_load(path.read_text(encoding="utf-8"))
    project["models"].setdefault("product_signals", {})["95_evaluation"] = {
        "+enabled": True
    }
    path.write_text(yaml.safe_dump(project), encoding="utf-8")
    warehouse.dbt(
        warehouse.project,
        "build",
        "--select",
        f"+{table}",
        variables={"product_signals_private_tests": True},
    )


def _suggested(warehouse: Warehouse) -> dict[tuple[str, str, str], Row]:
    rows = warehouse.rows("from product_signals__suggested_weights")
    found = {
        (row["weight_set"], row["event_name"], row["outcome"]): row
        for row in rows
    }
    assert len(found) == len(rows)
    return found


@pytest.fixture(scope="module")
def warehouse(warehouse_factory: Callable[[str], Warehouse]) -> Warehouse:
    made = warehouse_factory("suggested")
    _build(made, _customers(), _config())
    return made


@pytest.fixture(scope="module")
def suggested(warehouse: Warehouse) -> dict[tuple[str, str, str], Row]:
    return _suggested(warehouse)


def _said(row: Row, *columns: str) -> tuple[Any, ...]:
    return tuple(
        float(value) if isinstance(value := row[column], Decimal) else value
        for column in columns
    )


def _bounds(tables: Iterable[Table]) -> tuple[float, float, float]:
    """Logarithms of a ratio and its bounds, plus half an account of each."""
    log_odds, error = pooled([*tables, (0.5,) * 4])
    return log_odds, log_odds - ERRORS * error, log_odds + ERRORS * error


def _tables(event: str) -> list[Table]:
    return [
        (with_stayed, with_left, stayed - with_stayed, left - with_left)
        for (with_stayed, with_left), (stayed, left) in zip(
            DID[event], (LIGHT, HEAVY), strict=True
        )
    ]


def test_who_did_it_of_those_equally_active(
    suggested: dict[tuple[str, str, str], Row],
) -> None:
    """By hand: each hundred, plus half an account of each kind.

    24·54/100 + 50·10/100 + 1/8 = 18.085, over 16·6/100 + 0·40/100 + 1/8 =
    1.085: 16.67.
    """
    row = suggested["default", "helps", "retained"]
    assert _said(row, "accounts", "accounts_with") == (200, 90)
    assert _said(row, "compared_with", "compared_without") == (90, 110)
    assert _said(row, "rate_with", "rate_without") == (82.22, 41.82)
    assert row["odds_ratio"] == Decimal("16.67")
    # 22·42/100 + 48·8/100 + 1/8 over 28·8/100 + 2·42/100 + 1/8.
    half = suggested["default", "half", "retained"]
    assert half["odds_ratio"] == Decimal("4.12")
    for event in DID:
        row = suggested["default", event, "retained"]
        assert _said(
            row, "odds_ratio", "odds_ratio_low", "odds_ratio_high"
        ) == (
            pytest.approx(
                [math.exp(log) for log in _bounds(_tables(event))], abs=0.0051
            )
        )


def test_heavy_users_who_do_everything_suggest_nothing(
    suggested: dict[tuple[str, str, str], Row],
) -> None:
    """An event that follows from activity has no effect of its own.

    78 of 100 that did it stayed, and 42 of 100 that did not: without groups,
    clearly 4.9 times the odds.
    """
    row = suggested["default", "follows", "retained"]
    assert _said(row, "rate_with", "rate_without") == (78, 42)
    log_odds, error = pooled([(78, 22, 42, 58)])
    assert log_odds - ERRORS * error > 0.5
    assert row["odds_ratio"] == 1
    assert row["suggested_low"] == 0
    assert row["verdict"] != "raise"


def test_weights_go_by_the_strongest_event(
    suggested: dict[tuple[str, str, str], Row],
) -> None:
    top = _bounds(_tables("helps"))
    for weight_set, highest, weights in (
        ("default", 8, {"helps": 8, "half": 1, "hurts": 5, "follows": 6}),
        ("other", 4, {"helps": 4, "half": 2, "hurts": 0, "follows": 0}),
    ):
        for event, weight in weights.items():
            row = suggested[weight_set, event, "retained"]
            log_odds, low, high = _bounds(_tables(event))
            assert row["current_weight"] == weight
            ends = [
                min(10, highest * max(end, 0) / beside)
                for end, beside in ((low, top[2]), (high, top[1]))
            ]
            assert _said(row, "suggested_low", "suggested_high") == (
                pytest.approx(ends, abs=0.0051)
            )
            verdict, suggestion = (
                ("raise", highest * log_odds / top[0])
                if weight < round(ends[0], 2)
                else ("lower", highest * max(log_odds, 0) / top[0])
                if weight > round(ends[1], 2)
                else ("keep", weight)
            )
            assert row["verdict"] == verdict
            assert _said(row, "suggested_weight", "weight_difference") == (
                pytest.approx([suggestion, suggestion - weight], abs=0.0051)
            )


@pytest.mark.parametrize(
    ("weight_set", "event", "expected"),
    [
        ("default", "helps", ("keep", 8, 0)),
        ("default", "half", ("keep", 1, 0)),
        # An event without a weight has 0 today.
        ("default", "unweighted", ("raise", 8, 8)),
        ("other", "unweighted", ("raise", 4, 4)),
        ("default", "hurts", ("lower", 0, -5)),
        ("other", "hurts", ("keep", 0, 0)),
    ],
)
def test_what_is_suggested(
    suggested: dict[tuple[str, str, str], Row],
    weight_set: str,
    event: str,
    expected: tuple[str, float, float],
) -> None:
    row = suggested[weight_set, event, "retained"]
    assert (
        _said(row, "verdict", "suggested_weight", "weight_difference")
        == expected
    )


def test_of_one_group_of_trials(
    suggested: dict[tuple[str, str, str], Row],
) -> None:
    """All logged in once; a feature on no list excludes nobody.

    32·32/80 + 1/8 = 12.925 over 8·8/80 + 1/8 = 0.925.
    """
    row = suggested["default", "invites", "converted"]
    assert _said(row, "verdict", "suggested_weight", "odds_ratio") == (
        "keep",
        8,
        13.97,
    )
    assert _said(row, "accounts", "accounts_with", "rate_with") == (80, 40, 80)
    low, high = row["odds_ratio_low"], row["odds_ratio_high"]
    assert row["reading"] == (
        "The odds that accounts with it converted were 13.97 times"
        f" ({low} to {high}) those of others as active. A correlation: the"
        " event need not be the cause."
    )


@pytest.mark.parametrize(
    ("event", "outcome", "counts", "reading"),
    [
        # In their first week, which starts a day before the customers' window.
        ("login", "converted", (80, 80, 0, 0), "of accounts equally active, 0"),
        ("login", "retained", (200, 200, 0, 0), "of accounts equally active"),
        ("nobody", "retained", (200, 0, 0, 0), "of accounts equally active"),
        (
            "seldom",
            "retained",
            (200, 10, 10, 190),
            "of accounts equally active, 10 that did it and 190 that did not"
            r" can be compared, 20 of each are needed\.",
        ),
        # 40 have the plan, and all of them stayed.
        ("silver_use", "retained", (40, 20, 0, 0), r"all or none stayed\."),
        ("gold_use", "retained", (40, 10, 0, 0), r"all or none stayed\."),
        (
            "gold_use",
            "converted",
            (0, 0, 0, 0),
            r"no account could have converted and done it\.",
        ),
    ],
)
def test_of_few_nothing_is_said(
    suggested: dict[tuple[str, str, str], Row],
    event: str,
    outcome: str,
    counts: tuple[int, ...],
    reading: str,
) -> None:
    for weight_set in ("default", "other"):
        row = suggested[weight_set, event, outcome]
        assert row["verdict"] == "too_little_data"
        assert (
            _said(
                row,
                "accounts",
                "accounts_with",
                "compared_with",
                "compared_without",
            )
            == counts
        )
        assert (row["rate_with"] is None) == (counts[1] == 0)
        assert (row["rate_without"] is None) == (counts[0] == counts[1])
        assert (row["odds_ratio"] is None) == (counts[2] == 0)
        assert {
            row[name]
            for name in (
                "suggested_weight",
                "suggested_low",
                "suggested_high",
                "weight_difference",
            )
        } == {None}
        assert re.match(f"Too little data: {reading}", row["reading"])


def test_every_event_is_there(
    suggested: dict[tuple[str, str, str], Row],
) -> None:
    events = _config().events
    assert suggested.keys() == {
        (weight_set, event, outcome)
        for weight_set in ("default", "other")
        for event in events
        for outcome in ("converted", "retained")
    }


# -- A learned score --


def _won(scores: dict[str, float]) -> float:
    """Of pairs of accounts that stayed and left, where the higher stayed.

    Of those as active as each other: who logged in on one day.
    """
    light = {
        name: (int(name.removeprefix("1_")) < LIGHT[0], score)
        for name, score in scores.items()
        if name.startswith("1_")
    }
    pairs = [
        (kept > lost) + (kept == lost) / 2
        for stayed, kept in light.values()
        for left, lost in light.values()
        if stayed and not left
    ]
    assert len(pairs) == LIGHT[0] * LIGHT[1]
    return sum(pairs) / len(pairs)


@pytest.mark.long
def test_a_learned_score_is_beside_the_rules_one(
    warehouse_factory: Callable[[str], Warehouse],
    suggested: dict[tuple[str, str, str], Row],
) -> None:
    """H5: as docs/rules.md says, from suggested weights and a profile."""
    learned = {
        event: float(row["suggested_weight"])
        for (weight_set, event, outcome), row in suggested.items()
        if weight_set == "default"
        and outcome == "retained"
        and row["suggested_weight"] is not None
    }
    assert learned.keys() == {"helps", "half", "follows", "hurts", "unweighted"}
    config = _config().model_dump(mode="json", exclude_unset=True)
    config["weight_sets"]["learned"] = learned
    config["profiles"]["everybody"]["priority"] = 1
    config["profiles"]["learned"] = {"priority": 2, "weight_set": "learned"}
    made = warehouse_factory("learned")
    _build(
        made,
        _customers(),
        Config.model_validate(config),
        "product_signals__accounts_daily",
    )
    scores: dict[str, dict[str, float]] = defaultdict(dict)
    for row in made.rows(
        "select profile, account_id, raw_score, is_main_profile"
        " from product_signals__account_scores"
        f" where as_of_date = date '{day(WINDOW - 1).date()}'"
    ):
        assert row["is_main_profile"] == (row["profile"] == "everybody")
        scores[row["profile"]][row["account_id"]] = row["raw_score"]
    for profile in ("everybody", "learned"):
        for account in (f"1_{number}" for number in range(sum(LIGHT))):
            scores[profile].setdefault(account, 0)
    assert _won(scores["learned"]) > _won(scores["everybody"])


# -- The model on what it may find, made up --


class MadeUp:
    """The model's own SQL on outcomes of events that the test makes up."""

    def __init__(self, warehouse: Warehouse) -> None:
        compiled = (
            warehouse.project
            / "target/compiled/product_signals/models/95_evaluation"
            / "product_signals__suggested_weights.sql"
        ).read_text(encoding="utf-8")
        self.sql = re.sub(r'(?:"?\w+"?\.){2}"?(\w+)"?', r"\1", compiled)
        self.bands = [
            ("comparison_accounts", "enough", LEAST, None),
            ("standard_errors", "chance", None, ERRORS),
        ]

    def suggested(
        self, weights: dict[str, float], odds: dict[str, tuple[float, float]]
    ) -> dict[str, Row]:
        """The rows of an outcome, by event.

        Args:
            weights: The weights of the set; other events have none.
            odds: Logarithms of odds ratios, and their standard errors.
        """
        connection = duckdb.connect()
        # Snowflake's name for it.
        connection.execute(
            "create macro regexp_like(a, b) as regexp_matches(a, b)"
        )
        for table, columns, rows in (
            (
                "configured_event_weights",
                "weight_set, event_name, weight, daily_cap",
                [("one", *weight, None) for weight in weights.items()],
            ),
            (
                "configured_bands",
                "metric, band, band_order, lower_bound, upper_bound",
                [(*row[:2], 1, *row[2:]) for row in self.bands],
            ),
            (
                "int_product_signals__event_outcomes",
                "outcome, event_name, with_hits, with_misses, without_hits,"
                " without_misses, compared_with, compared_without, log_odds,"
                " standard_error",
                [
                    ("retained", event, 9, 11, 9, 11, 20, 20, *ratio)
                    for event, ratio in odds.items()
                ],
            ),
        ):
            values = ", ".join(
                "("
                + ", ".join(
                    "null"
                    if value is None
                    else repr(value) + ("::double" * isinstance(value, float))
                    for value in row
                )
                + ")"
                for row in rows
            )
            connection.execute(
                f"create table {table} as"
                f" from (values {values}) as given ({columns})"
            )
        result = connection.execute(self.sql)
        names = [column[0] for column in result.description]
        rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        return {row["event_name"]: row for row in rows}


SUGGESTION = (
    "verdict",
    "suggested_weight",
    "suggested_low",
    "suggested_high",
)


def test_an_end_of_the_range_is_as_far_off_as_both_may_be(
    warehouse: Warehouse,
) -> None:
    """Compared with 2, from 1.4 to 2.6, with a weight of 10: by hand."""
    rows = MadeUp(warehouse).suggested(
        {"top": 10, "low": 1, "fit": 3, "high": 9, "wide": 9},
        {
            "top": (2.0, 0.2),
            # 0.7 to 1.3: 10·0.7/2.6 to 10·1.3/1.4.
            "low": (1.0, 0.1),
            "fit": (1.0, 0.1),
            # −0.1 to 0.3: no effect is shown, and 9 would be too high.
            "high": (0.1, 0.2 / 3),
            # −1.4 to 1.6: nothing is shown, so today's weight stays.
            "wide": (0.1, 0.5),
        },
    )
    assert {event: _said(row, *SUGGESTION) for event, row in rows.items()} == {
        "top": ("keep", 10, 5.38, 10),
        "low": ("raise", 5, 2.69, 9.29),
        "fit": ("keep", 3, 2.69, 9.29),
        "high": ("lower", 0.5, 0, 2.14),
        "wide": ("keep", 9, 0, 10),
    }


def test_without_a_clear_effect_there_is_nothing_to_measure_by(
    warehouse: Warehouse,
) -> None:
    """But an event that clearly goes with the opposite deserves no weight."""
    rows = MadeUp(warehouse).suggested(
        {"unclear": 9, "bad": 4},
        {"unclear": (1.0, 0.4), "bad": (-1.0, 0.2)},
    )
    assert {event: _said(row, *SUGGESTION) for event, row in rows.items()} == {
        "unclear": ("keep", 9, 0, None),
        "bad": ("lower", 0, 0, 0),
    }


def test_a_set_of_zeros_is_measured_by_ten(warehouse: Warehouse) -> None:
    rows = MadeUp(warehouse).suggested({"top": 0}, {"top": (2.0, 0.2)})
    assert _said(rows["top"], *SUGGESTION) == ("raise", 10, 5.38, 10)


def test_ratios_beyond_numbers_are_cut(warehouse: Warehouse) -> None:
    rows = MadeUp(warehouse).suggested(
        {"up": 5, "down": 5}, {"up": (90.0, 10.0), "down": (-90.0, 300.0)}
    )
    up, down = rows["up"], rows["down"]
    most = pytest.approx(math.exp(20), abs=0.01)
    assert _said(up, "odds_ratio_low", "odds_ratio_high") == (most, most)
    assert _said(down, "odds_ratio_low", "odds_ratio_high") == (0, most)


def test_without_its_band_there_is_no_interval(warehouse: Warehouse) -> None:
    for band in ("standard_errors", "comparison_accounts"):
        made_up = MadeUp(warehouse)
        made_up.bands = [row for row in made_up.bands if row[0] != band]
        [row] = made_up.suggested({"top": 9}, {"top": (2.0, 0.2)}).values()
        assert _said(row, *SUGGESTION) == ("too_little_data", None, None, None)


# -- A random history, worked out again --


def _random_config() -> Config:
    return Config.model_validate(
        {
            "seed_prefix": "chance",
            "events": {
                "login": {"weight": 1, "counts_as_activity": True},
                "owns": {"weight": 1},
                **{f"idle_{n}": {"weight": 2 * n} for n in range(5)},
                "paid_for": {"weight": 1, "feature": "extra"},
            },
            "features": {"extra": {"plans": ["gold"]}},
            "profiles": {"everybody": {"benchmark": 100}},
            "bands": read_config(starter_config()).bands,
        }
    )


class Chance(World):
    """Accounts with a few people; those active more do more, and stay.

    Only one of the events has an effect of its own.
    """

    def __init__(self) -> None:
        super().__init__()
        self.outcomes: dict[tuple[str, str], bool] = {}
        self.chance = random.Random(5)
        for number in range(400):
            self._account(f"customer_{number}", "retained", WINDOW, 30)
        for number in range(120):
            self._account(f"trial_{number}", "converted", TRIAL - 6, 7)

    def _account(self, name: str, outcome: str, last: int, days: int) -> None:
        chance = self.chance
        heavy = chance.gammavariate(1, 1)
        done = [
            event
            for event in ("owns", "paid_for", *(f"idle_{n}" for n in range(5)))
            if chance.random() < 1 - math.exp(-heavy)
        ]
        odds = math.log(heavy + 0.2) + 2.5 * ("owns" in done) - 0.5
        has_outcome = chance.random() < 1 / (1 + math.exp(-odds))
        self.outcomes[name, outcome] = has_outcome
        trial = {
            "trial_started_at": day(TRIAL),
            "converted_at": day(TRIAL - 9) if has_outcome else None,
            "cancelled_at": day(WINDOW + 30),
        }
        customer = {
            "trial_started_at": None,
            "converted_at": None,
            "cancelled_at": None if has_outcome else day(30),
        }
        self.account(
            name,
            AGE,
            plan=chance.choice(["gold", "basic"]),
            **(trial if outcome == "converted" else customer),
        )
        users = [
            self.user(f"{name}_{n}", name, AGE)
            for n in range(1 + int(2 * heavy))
        ]
        for user in users:
            for age in range(last - 3, last + days + 3):
                if chance.random() < min(0.9, heavy / 9):
                    self.event(user, "login", age)
        for event in done:
            self.event(
                chance.choice(users), event, last + chance.randrange(days)
            )

    def tables(
        self, event: str, outcome: str, groups: int = 10
    ) -> list[tuple[int, ...]]:
        """Counts who did it and who did not, by outcome, for each group."""
        last, days = (WINDOW, 30) if outcome == "retained" else (TRIAL - 6, 7)
        window = {day(last + n).date() for n in range(days)}
        plan = {row["account_id"]: row["plan"] for row in self.accounts}
        account_of = {row["user_id"]: row["account_id"] for row in self.users}
        with_event: set[str] = set()
        other: dict[str, set[tuple]] = defaultdict(set)
        for row in self.events:
            name = account_of[row["user_id"]]
            if row["occurred_at"].date() in window:
                if row["event_name"] == event:
                    with_event.add(name)
                else:
                    other[name].add((row["user_id"], row["occurred_at"]))
        names = [
            name
            for name, of in self.outcomes
            if of == outcome and (event != "paid_for" or plan[name] == "gold")
        ]
        cells: dict[int, list[int]] = defaultdict(lambda: [0] * 4)
        for name in names:
            fewer = sum(len(other[n]) < len(other[name]) for n in names)
            cells[groups * fewer // len(names)][
                2 * (name not in with_event)
                + (not self.outcomes[name, outcome])
            ] += 1
        return [tuple(table) for table in cells.values()]


@pytest.fixture(scope="module")
def chance_world() -> Chance:
    return Chance()


@pytest.fixture(scope="module")
def by_chance(
    warehouse_factory: Callable[[str], Warehouse], chance_world: Chance
) -> dict[tuple[str, str, str], Row]:
    made = warehouse_factory("chance")
    _build(made, chance_world, _random_config())
    return _suggested(made)


@pytest.mark.long
def test_a_random_history_is_worked_out_again(
    by_chance: dict[tuple[str, str, str], Row], chance_world: Chance
) -> None:
    assert len(by_chance) == 2 * len(_random_config().events)
    for (_, event, outcome), row in by_chance.items():
        tables = chance_world.tables(event, outcome)
        telling = [
            (a, b, c, d)
            for a, b, c, d in tables
            if (a + b) * (c + d) * (a + c) * (b + d)
        ]
        assert len(tables) > 4
        assert _said(
            row,
            "accounts",
            "accounts_with",
            "compared_with",
            "compared_without",
        ) == (
            sum(map(sum, tables)),
            sum(a + b for a, b, _, _ in tables),
            sum(a + b for a, b, _, _ in telling),
            sum(c + d for _, _, c, d in telling),
        )
        ratios = ("odds_ratio", "odds_ratio_low", "odds_ratio_high")
        assert _said(row, *ratios) == (
            pytest.approx(
                [math.exp(log) for log in _bounds(telling)], abs=0.0051
            )
            if telling
            else (None,) * 3
        )


@pytest.mark.long
def test_only_what_has_an_effect_is_raised(
    by_chance: dict[tuple[str, str, str], Row], chance_world: Chance
) -> None:
    """Although those who did any of these clearly stayed more often."""
    raised = {
        event
        for (_, event, outcome), row in by_chance.items()
        if outcome == "retained" and row["verdict"] == "raise"
    }
    assert raised == {"owns"}
    for number in range(5):
        event = f"idle_{number}"
        tables = chance_world.tables(event, "retained", groups=1)
        log_odds, error = pooled(tables)
        assert log_odds > ERRORS * error
        assert by_chance["default", event, "retained"]["odds_ratio_low"] < 1
