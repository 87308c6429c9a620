"""The configuration: its file, its seeds, and the gate (L7, F1)."""

from __future__ import annotations

import csv
import errno
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from product_signals.config import config_schema, read_config
from product_signals.errors import UserError
from product_signals.gate import check_config, check_seeds
from product_signals.package import (
    consumer_project,
    package_root,
    starter_config,
)
from product_signals.seeds import COLUMNS, seed_files, write_seeds

SMALL = """
events:
  work: {weight: 5, counts_as_activity: true}
profiles:
  main: {}
"""


def config_file(folder: Path, text: str) -> Path:
    path = folder / "product_signals.yml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> str:
    with pytest.raises(UserError) as error:
        read_config(config_file(folder, text))
    return str(error.value)


@pytest.mark.parametrize(
    ("config", "folder"),
    [
        (starter_config(), package_root() / "seeds"),
        (
            consumer_project() / "product_signals.yml",
            consumer_project() / "seeds",
        ),
    ],
    ids=["package", "consumer"],
)
def test_seeds_in_the_tree_are_those_of_the_configuration(
    config: Path, folder: Path
) -> None:
    for name, text in seed_files(read_config(config)).items():
        assert (folder / name).read_text(encoding="utf-8") == text, name


def test_the_schema_in_the_tree_is_that_of_the_code() -> None:
    schema = starter_config().parent / "config.schema.json"
    assert schema.read_text(encoding="utf-8") == config_schema()
    assert json.loads(config_schema())["properties"]["events"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            SMALL.replace("weight: 5", "weight: 11"),
            'line 3: events.work.weight "11" input should be less than or'
            " equal to 10; correct it",
        ),
        (
            SMALL + "events: {work: {}}",
            'line 6: is not YAML: found duplicate key "events"; keep one of'
            " them",
        ),
        (
            SMALL.replace("weight: 5", "wieght: 5"),
            'line 3: events.work.wieght "wieght" is not a key here; did you'
            " mean weight?",
        ),
        (
            SMALL.replace("main: {}", "main: {normalization: winsorised}"),
            'line 5: profiles.main.normalization "winsorised" is unknown;'
            " write 'winsorized', 'exponential' or 'percentile'",
        ),
        (
            SMALL.replace("main: {}", "main: {weight_set: trail}")
            + "weight_sets: {trial: {work: 1}}",
            'profiles.main.weight_set "trail" is not a weight set; did you mean'
            " trial?",
        ),
        (
            SMALL + "weight_sets: {trial: {wrok: 1}}",
            'line 6: weight_sets.trial.wrok "wrok" is not an event under'
            " events; did you mean work?",
        ),
        (
            SMALL + "checklists: {start: {entity: account, steps:"
            " {one: {event_name: wrk}}}}",
            'checklists.start.steps.one.event_name "wrk" is not an event under'
            " events: nobody can meet the step; did you mean work?",
        ),
        (
            SMALL.replace("weight: 5", "feature: fun, weight: 5"),
            'events.work.feature "fun" is not a feature under features; none is'
            " there",
        ),
        (
            SMALL
            + "signals: {s: {entity: account, severity: high, description: d,"
            " teams: [t], suppressed_by: [other], groups: [[{metric: score,"
            " operator: '>', value: 1}]], actions: [{team: t, action: a}]}}",
            'signals.s.suppressed_by "other" is not a signal under signals;'
            " use one of s",
        ),
        (
            SMALL + "signals: {s: {entity: account}}",
            "signals.s.severity is missing; add it",
        ),
        (SMALL.replace("main: {}", ""), "profiles "),
        ("events: [", "is not YAML"),
        ("just text", "is not a mapping; start from product-signals init"),
        (SMALL + "# \x07", "is not YAML (unacceptable character #x0007"),
        ("[" * 1000, "is not YAML (maximum recursion depth exceeded"),
        (
            SMALL.replace("weight: 5", "daily_cap: " + "1" * 5000),
            "is not YAML (Exceeds the limit",
        ),
        (
            SMALL.replace("weight: 5", "daily_cap: !!int x"),
            "is not YAML (invalid literal for int()",
        ),
        (
            SMALL + "features: {f: {launched_on: 2024-02-30}}",
            'line 6: features.f.launched_on "2024-02-30" input should be a'
            " valid date",
        ),
        (
            SMALL.replace("weight: 5", "<<: &a {<<: *a}"),
            "is not YAML (",
        ),
        (
            SMALL.replace("weight: 5", f"flow: {'long' * 50_000}"),
            'events.work.flow "longlonglong',
        ),
        (
            SMALL.replace("weight: 5", f"flow: {'long' * 50_000}"),
            '…" is longer than 100,000 characters; choose another name',
        ),
        (
            SMALL.replace("5", f"&a0 [{'lol, ' * 9}]")
            + "".join(
                f"  b{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 12)
            ),
            'profiles.b11 "[…]" input should be',
        ),
        (SMALL.replace("work", "~"), "events.None is not a text; put it in"),
        (
            SMALL.replace("work", "true"),
            'line 3: events.1 "True" is not a text; put it in quotes',
        ),
        (
            SMALL.replace("work", "'Null'"),
            'line 3: events.Null "Null" is read as an empty cell by dbt;'
            " choose another name",
        ),
        (SMALL.replace("work", r'"a\0"'), "has a NUL character"),
        (SMALL.replace("work", r'"a\r"'), "has a carriage return"),
        (
            SMALL + "features: {f: {plans: ['a|b']}}",
            'line 6: features.f.plans.0 "a|b" has a |, which separates the'
            " items of a list",
        ),
    ],
)
def test_a_bad_file_is_explained(
    tmp_path: Path, text: str, message: str
) -> None:
    assert message in problems(tmp_path, text)


def test_all_problems_of_a_file_come_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path, SMALL.replace("weight: 5", "weight: -1, daily_cap: 0")
    )
    assert len(found.splitlines()) == 2


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(
        UserError,
        match=r"nowhere.yml: can't be read \(No such file or directory\); name"
        " a file that product-signals init wrote",
    ):
        read_config(tmp_path / "nowhere.yml")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("[a, b|c]", '1 "b|c" has a |, which separates the items of a list'),
        ("[a, [b]]", '1 "[…]" input should be a valid string'),
        ("{a: b}", ' "{…}" input should be a valid string'),
    ],
)
def test_a_value_of_several_types_is_wrong_once(
    tmp_path: Path, value: str, message: str
) -> None:
    """Not once for each type that it might have been."""
    signal = (
        "signals: {s: {entity: account, severity: high, description: d, teams:"
        f" [t], groups: [[{{metric: plan, operator: in, value: {value}}}]],"
        " actions: [{team: t, action: a}]}}"
    )
    [line] = problems(tmp_path, SMALL + signal).splitlines()
    key, _, wrong = line.partition("line 6: signals.s.groups.0.0.value")
    assert (key != line, wrong.lstrip(".")) == (True, f"{message}; correct it")


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "product_signals.yml"
    path.write_bytes("events:\n  é: {}\n".encode("latin-1"))
    with pytest.raises(UserError, match="line 2: is not UTF-8: save it as"):
        read_config(path)


def edit(folder: Path, seed: str, *changes: dict[str, str]) -> None:
    """Changes cells of a seed.

    Key columns (=name) find the row, the others have new values; a missing row
    is added.
    """
    path = folder / f"product_signals_config_{seed}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for change in changes:
        key = {k[1:]: v for k, v in change.items() if k.startswith("=")}
        new = {k: v for k, v in change.items() if not k.startswith("=")}
        found = [r for r in rows if key.items() <= r.items()]
        if not found:
            found = [dict.fromkeys(COLUMNS[seed], "") | key]
            rows += found
        for row in found:
            row.update(new)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS[seed], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """The package's own seeds, for tests to break."""
    write_seeds(read_config(starter_config()), tmp_path)
    return tmp_path


def test_good_seeds_pass(seeds: Path) -> None:
    assert check_seeds(seeds) == []


def test_every_error_names_the_row_the_value_and_the_fix(seeds: Path) -> None:
    edit(
        seeds,
        "event_weights",
        {"=event_name": "commented", "weight": "12"},
        {"=event_name": "logged_in", "weight": "a lot"},
        {"=event_name": "created_task", "daily_cap": "1.5"},
        {"=event_name": "uploaded_file", "weight": ""},
    )
    edit(
        seeds,
        "event_catalog",
        {"=event_name": "commented", "counts_as_activity": "maybe"},
        {"=event_name": "shared_report", "event_name": "created_report"},
    )
    edit(seeds, "features", {"=feature": "team", "launched_on": "2024-02-30"})
    edit(
        seeds,
        "score_profiles",
        {"=profile": "engagement", "weight_set": "defualt"},
        {
            "=profile": "fading",
            "weight_set": "default",
            "period_days": "7",
            "decay": "linear",
        },
        {
            "=profile": "half",
            "weight_set": "default",
            "period_days": "7",
            "filter_attribute": "plan",
        },
        {
            "=profile": "unknown",
            "weight_set": "default",
            "period_days": "400",
            "filter_entity": "account",
            "filter_attribute": "colour",
            "filter_values": "red",
        },
    )
    edit(
        seeds,
        "activation_checklists",
        {"=checklist": "empty", "entity": "account"},
    )
    edit(
        seeds,
        "activation_steps",
        {"=step": "first_project", "event_name": "creatd_project"},
        {"=step": "first_task", "min_users": "2"},
        {"=step": "first_done", "checklist": "nowhere"},
    )
    edit(
        seeds,
        "bands",
        {"=metric": "score", "=band": "medium", "lower_bound": "20"},
        {"=metric": "size_value", "=band": "large", "lower_bound": "600"},
        {"=metric": "tenure_days", "=band": "young", "upper_bound": ""},
        {"=metric": "adoption_rate", "=band": "medium", "upper_bound": "20"},
    )
    edit(
        seeds,
        "signals",
        {"=signal": "score_rise", "severity": "urgent"},
        {
            "=signal": "hollow",
            "entity": "account",
            "severity": "low",
            "teams": "sales",
        },
        {
            "=signal": "patient",
            "entity": "user",
            "severity": "low",
            "teams": "sales",
            "suppressed_by": "nobody",
        },
        {"=signal": "new_account", "suppressed_by": "cancelled|nothing"},
        # An event happens on one day; and these two would suppress each other.
        {"=signal": "new_user", "min_days": "3"},
        {"=signal": "risk_feature_used", "suppressed_by": "cancelled"},
        {"=signal": "cancelled", "suppressed_by": "risk_feature_used"},
    )
    edit(
        seeds,
        "signal_conditions",
        {"=signal": "score_drop", "metric": "behaviour_change"},
        {"=signal": "account_inactive", "operator": "=>"},
        {
            "=signal": "expansion_opportunity",
            "=condition_number": "2",
            "operator": ">",
        },
        {
            "=signal": "expansion_opportunity",
            "=condition_number": "4",
            "value": "many",
        },
        {
            "=signal": "potential_problem",
            "=condition_number": "4",
            "value": "",
        },
        {
            "=signal": "potential_problem",
            "=condition_number": "2",
            "value": "mid|small",
        },
        {
            "=signal": "busy_not_successful",
            "=condition_number": "2",
            "clear_value": "20",
        },
        {
            "=signal": "lost",
            "=condition_group": "1",
            "=condition_number": "1",
            "metric": "score",
            "operator": ">",
            "value": "1",
        },
        {
            "=signal": "usage_flat",
            "=condition_number": "2",
            "value": "0.25",
        },
        {
            "=signal": "ready_for_more",
            "=condition_group": "1",
            "=condition_number": "5",
            "metric": "score_band",
            "operator": "=",
            "value": "low",
        },
        {
            "=signal": "new_user",
            "=condition_group": "1",
            "=condition_number": "3",
            "metric": "risk_events",
            "operator": ">=",
            "value": "1",
        },
    )
    edit(
        seeds,
        "signal_actions",
        {"=signal": "lost", "=action_order": "1", "team": "x", "action": "y"},
    )
    with pytest.raises(UserError) as error:
        check_seeds(seeds)
    found = str(error.value)
    for expected in (
        'weight "12" is not a valid value; write a number from 0 to 10',
        'weight "a lot" is not a valid value; write a number from 0 to 10',
        'daily_cap "1.5" is not a valid value; write a whole number from 1',
        'weight "" is empty; write a number from 0 to 10',
        'counts_as_activity "maybe" is not a valid value; write true or',
        'event_name "created_report" is the key of 2 rows; keep one of them',
        'launched_on "2024-02-30" is not a valid value; write a date, YYYY-MM-',
        'weight_set "defualt" is not a weight set of product_signals_config_'
        "event_weights; did you mean default?",
        'decay_days "" is empty, but decay is linear',
        'filter_entity "" is empty, but the rest of the filter is not',
        'period_days "400" is not a valid value; write a whole number from 1',
        'filter_attribute "colour" is not an attribute of accounts to filter',
        'checklist "empty" has no steps; add steps to',
        'event_name "creatd_project" is not an event of product_signals_config_'
        "event_catalog: nobody can meet the step; did you mean"
        " created_project?",
        'min_users "2" can never be met: a step of a user is met by that user',
        'checklist "nowhere" is not a checklist of',
        'lower_bound "20.0" overlaps the band before, which ends at 25.0;'
        " write 25.0",
        'lower_bound "600.0" leaves a gap after the band before, which ends'
        " at 500.0; write 500.0",
        'upper_bound "" is empty, but another band follows',
        'lower_bound "25.0" is not below the upper bound 20.0',
        'severity "urgent" is not a valid value; write one of critical, high,',
        'signal "hollow" is switched on without a condition',
        'metric "behaviour_change" is not a metric of accounts; did you mean'
        " behavior_change?",
        'operator "=>" is not a valid value; write one of =, !=, >, >=, <, <=,',
        'operator ">" does not work on size_band, which is a text',
        'value "many" is not a number, as active_users is; write a number',
        'value "" is empty, but < needs one',
        'signal "lost" is not a signal of product_signals_config_signals',
        'value "mid|small" is not what size_band can be; write one of large,'
        " medium, small",
        'clear_value "20.0" is harder to meet than the value 25.0',
        'suppressed_by "nobody" is not a signal of product_signals_config_sig',
        'suppressed_by "cancelled|nothing" is not a signal of',
        'min_days "3" is not a number of days for an event, which happens',
        'suppressed_by "cancelled" suppresses itself, or is suppressed by',
        'suppressed_by "risk_feature_used" suppresses itself, or is suppr',
        'value "0.25 and 0.25" are bounds of score_slope that leave nothing',
        'value "high and low" are two values that score_band should have at',
        'metric "new_users and risk_events" name two subjects of one event',
    ):
        assert expected in found, found
    # Without a clear_value, the value is the only cell that is wrong.
    for unwanted in (
        'clear_value "many"',
        'clear_value ""',
        'clear_value "mid',
    ):
        assert unwanted not in found
    line = [text for text in found.splitlines() if '"a lot"' in text]
    assert "product_signals_config_event_weights.csv, line 2 (" in line[0]
    assert "weight_set=default, event_name=logged_in" in line[0]


def test_what_is_doubtful_is_a_warning(seeds: Path) -> None:
    edit(
        seeds,
        "bands",
        {
            "=metric": "scoer",
            "=band": "low",
            "band_order": "1",
        },
        {"=metric": "silent_days", "=band_order": "2", "band": "quiet"},
    )
    edit(
        seeds,
        "signal_conditions",
        {
            "=signal": "busy_not_successful",
            "=condition_number": "3",
            "value": "0.5",
        },
    )
    edit(
        seeds,
        "event_weights",
        {"=event_name": "logged_in", "weight": "9"},
        {"=weight_set": "tiny", "=event_name": "nothing_known", "weight": "1"},
    )
    edit(seeds, "score_profiles", {"=profile": "pulse", "period_days": "90"})
    edit(
        seeds,
        "event_catalog",
        {"=event_name": "uploaded_file", "feature": "fiels"},
        {"=event_name": "created_automation", "feature": ""},
    )
    edit(
        seeds,
        "activation_steps",
        {"=step": "working_together", "checklist": "first_steps"},
        {"=step": "first_report", "checklist": "first_steps"},
        {"=step": "tasks_done", "checklist": "first_steps"},
    )
    edit(
        seeds,
        "activation_steps",
        {"=step": "working_together", "min_users": ""},
    )
    edit(
        seeds,
        "signal_conditions",
        {
            "=signal": "score_rise",
            "=condition_group": "2",
            "=condition_number": "1",
            "metric": "activation_rate",
            "operator": ">=",
            "value": "75",
        },
    )
    edit(
        seeds,
        "signals",
        {
            "=signal": "idle",
            "entity": "account",
            "severity": "low",
            "teams": "sales",
        },
    )
    edit(
        seeds,
        "signal_conditions",
        {
            "=signal": "idle",
            "=condition_group": "1",
            "=condition_number": "1",
            "metric": "score",
            "operator": "<",
            "value": "1",
        },
    )
    found = "\n".join(check_seeds(seeds))
    for expected in (
        'period_days "90" is not below the variable seen_days, 90',
        'weight "9.0" is above the median: coming back is not a success',
        'weight "1" is the number of weighted events, which the bands of'
        " weighted_events call few",
        'event_name "nothing_known" is not an event of product_signals_config',
        'feature "fiels" is not a feature of product_signals_config_features;'
        " did you mean files?",
        'feature "automations" is a key feature, but no event',
        'checklist "2" is its number of steps, which the bands of'
        " checklist_steps call few",
        'checklist "8" is its number of steps, which the bands of'
        " checklist_steps call many",
        # 75 % of 2 steps: L7
        'value "75.0" cannot be reached exactly with the 2 steps of'
        " checklist onboarding; the next rate is 100.0",
        'signal "idle" has no action',
        'metric "scoer" is not a metric that has bands; did you mean score?',
        'metric "silent_days" has no band silent: no champion is ever silent,'
        " nor an account held down",
        'value "0.5" is less than one percent; write percentages as 0 to 100',
    ):
        assert expected in found, found


@pytest.mark.parametrize(
    ("event_name", "is_login"),
    [
        ("user_signed_in", True),
        ("USER LOGIN", True),
        ("UserLoggedIn", True),
        ("loginSucceeded", True),
        ("appSignIn", True),
        ("SSOLogin", True),
        ("LogInspected", False),
        ("SignInvoice", False),
        ("weblogin", False),
    ],
)
def test_a_login_is_known_however_it_is_written(
    seeds: Path, event_name: str, is_login: bool
) -> None:
    """L7: login weighted above the median; init reads these names alike."""
    edit(seeds, "event_catalog", {"=event_name": event_name})
    edit(
        seeds,
        "event_weights",
        {
            "=weight_set": "default",
            "=event_name": event_name,
            "weight": "10",
        },
    )
    found = [
        text
        for text in check_seeds(seeds)
        if 'weight "10.0" is above the median' in text
    ]
    assert bool(found) == is_login


@pytest.mark.parametrize(
    ("amount", "called"), [(4, "few"), (5, None), (30, None), (31, "many")]
)
def test_how_many_events_have_a_weight(
    seeds: Path, amount: int, called: str | None
) -> None:
    """L7: fewer than 5 or more than 30; those that weigh 0 don't count."""
    listed = [f"default,e{n},5," for n in range(amount)]
    (seeds / "product_signals_config_event_weights.csv").write_text(
        "\n".join(["weight_set,event_name,weight,daily_cap", *listed])
        + "\ndefault,none,0,\n",
        encoding="utf-8",
    )
    found = [
        text
        for text in check_seeds(seeds)
        if "is the number of weighted events" in text
    ]
    assert [f"call {called}:" in text for text in found] == (
        [True] if called else []
    )


@pytest.mark.parametrize("active", [True, False])
def test_events_of_which_none_is_activity(seeds: Path, active: bool) -> None:
    """F9: never_started would open for every account that pays."""
    path = seeds / "product_signals_config_event_catalog.csv"
    if not active:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows = [row | {"counts_as_activity": "false"} for row in reader]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, reader.fieldnames)
            writer.writeheader()
            writer.writerows(rows)
    found = [t for t in check_seeds(seeds) if "nobody is ever active" in t]
    assert bool(found) != active


@pytest.mark.parametrize(
    ("metric", "operator", "value", "problem"),
    [
        ("activation_rate", ">=", "100", None),
        ("activation_rate", ">=", "120", "is above 100"),
        ("score", ">", "99.9", None),
        ("score", ">", "100", "is not below 100"),
        ("adoption_rate", "=", "750", "is above 100"),
        ("health_score", "<", "0", "is not above 0"),
        ("habit", "<=", "-1", "is below 0"),
        ("habit", "<=", "0", None),
        # Users may be more than seats, and use more than ever.
        ("seats_used_rate", ">=", "110", None),
        ("capacity_used_rate", ">", "100", None),
        ("usage_vs_baseline", ">=", "150", None),
        ("event_count", ">", "100", None),
    ],
)
def test_a_threshold_that_nothing_can_reach(
    seeds: Path, metric: str, operator: str, value: str, problem: str | None
) -> None:
    """L7: a rule with it would never fire, and nobody would know."""
    edit(
        seeds,
        "signal_conditions",
        {
            "=signal": "score_rise",
            "=condition_group": "2",
            "=condition_number": "1",
            "metric": metric,
            "operator": operator,
            "value": value,
        },
    )
    found = [text for text in check_seeds(seeds) if "can never hold" in text]
    assert [f"{problem}: it can never hold" in text for text in found] == (
        [True] if problem else []
    )


def test_a_renewal_window_that_rules_do_not_follow(seeds: Path) -> None:
    """M6: the variable moves the stage, and 90 days stay 90 days."""
    window = {"renewal_window_days": 60}
    assert check_seeds(seeds) == []
    found = check_seeds(seeds, window)
    for signal in ("healthy_but_at_renewal_risk", "silent_before_contract_end"):
        assert [text for text in found if signal in text]
    assert len(found) == 2
    assert (
        'value "90" is not the variable renewal_window_days, 60: it only moves'
        " the renewal stage; write 60; or, if 90 is meant, the operator < and"
        " 91"
    ) in found[0]
    edit(
        seeds,
        "signal_conditions",
        {
            "=signal": "healthy_but_at_renewal_risk",
            "=condition_number": "3",
            "value": "60",
        },
        {
            "=signal": "silent_before_contract_end",
            "=condition_number": "2",
            "operator": "<",
            "value": "91",
        },
    )
    assert check_seeds(seeds, window) == []


def test_lists_that_name_nobody(seeds: Path) -> None:
    """L7: a team that can't hear of a signal, a band that no rule can name."""
    edit(seeds, "signals", {"=signal": "score_drop", "teams": " | "})
    edit(seeds, "bands", {"=metric": "mrr", "=band": "low", "band": "lo|w"})
    with pytest.raises(UserError) as error:
        check_seeds(seeds)
    for expected in (
        'teams "|" names no team: nobody will hear of it; write a team',
        'band "lo|w" has a |, which separates the items of a list',
    ):
        assert expected in str(error.value)


def test_an_action_for_a_team_that_does_not_hear_of_it(tmp_path: Path) -> None:
    text = SMALL + (
        "signals:\n"
        "  odd:\n    entity: account\n    severity: low\n"
        "    description: d\n    teams: [sales]\n"
        "    groups: [[{metric: score, operator: '>', value: 1}]]\n"
        "    actions:\n"
        "      - {team: sales, action: a}\n"
        "      - {team: Sales, action: b}\n"
    )
    path = config_file(tmp_path, text)
    line = path.read_text(encoding="utf-8").count("\n")
    [found] = [
        warning
        for warning in check_config(read_config(path), path)
        if "Sales" in warning
    ]
    assert (
        f'line {line}: signals.odd.actions.1.team "Sales" is not one of the'
        " teams of the signal, sales: it will not hear of it"
    ) in found


def test_rules_on_flows_without_a_flow_are_a_note(seeds: Path) -> None:
    """L7: `check` says what a build doesn't: a flow without steps is none."""

    def flow_notes() -> list[str]:
        assert check_seeds(seeds) == []
        return [
            note
            for note in check_seeds(seeds, notes=True)
            if "no event has both a flow and a flow_step" in note
        ]

    assert not flow_notes()
    edit(seeds, "event_catalog", {"=flow": "first_report", "flow_step": ""})
    assert len(flow_notes()) == 2
    for signal in ("flow_abandoned", "help_without_completion"):
        edit(seeds, "signals", {"=signal": signal, "is_enabled": "false"})
    assert not flow_notes()


def test_a_threshold_that_acts_like_the_next_rate_is_a_note(
    seeds: Path,
) -> None:
    """L7: 75 % of five steps is 80 %, and a trial is nudged too late."""
    found = check_seeds(seeds, notes=True)
    assert [re.sub(r".*thresholds.csv, ", "", note) for note in found] == [
        f"line {line} (complexity={complexity}, size_band={size}):"
        f' {column} "{rate}" cannot be reached exactly with the 5 steps of'
        f" checklist onboarding; the next rate is {next_rate}"
        for line, complexity, size, column, rate, next_rate in (
            (8, "complex", "large", "qualify_at", 15.0, 20.0),
            (6, "complex", "small", "nudge_at", 50.0, 60.0),
            (9, "complex", "unknown", "nudge_at", 50.0, 60.0),
            (4, "simple", "large", "qualify_at", 25.0, 40.0),
            (2, "simple", "small", "nudge_at", 75.0, 80.0),
            (5, "simple", "unknown", "nudge_at", 75.0, 80.0),
        )
    ]


def test_a_rate_that_one_checklist_reaches_is_meant(seeds: Path) -> None:
    """Checklists share bands, and no bound is a rate of both four and five."""
    edit(
        seeds,
        "activation_checklists",
        {"=checklist": "trial", "entity": "account", "priority": "3"},
    )
    edit(
        seeds,
        "activation_steps",
        *(
            {"=checklist": "trial", "=step": event, "step_order": place,
             "step_name": event, "event_name": event, "min_count": "1"}
            for place, event in enumerate(
                ("created_project", "invited_user", "completed_task",
                 "shared_report"), start=1)
        ),
    )  # fmt: skip
    assert check_seeds(seeds) == []
    notes = check_seeds(seeds, notes=True)
    assert len(notes) == 2
    assert all('qualify_at "15.0" cannot be' in note for note in notes)
    edit(
        seeds,
        "bands",
        {"=metric": "activation_rate", "=band": "medium", "upper_bound": "90"},
        {"=metric": "activation_rate", "=band": "high", "lower_bound": "90"},
    )
    found = "\n".join(check_seeds(seeds))
    for checklist in ("4 steps of checklist trial", "5 steps of checklist on"):
        assert f'"90.0" cannot be reached exactly with the {checklist}' in found


def test_names_with_signs_of_sql_yaml_and_csv_are_named(
    tmp_path: Path,
) -> None:
    """The gate's message about any name gives the line of the file (L7)."""
    name = """it's "a, colour=b"; -- {{ 1/0 }} configured_band"""
    quoted = json.dumps(name)
    path = config_file(
        tmp_path,
        f"events:\n  {quoted}: {{weight: 5, daily_cap: 1}}\n"
        "profiles: {main: {}}\n"
        "checklists:\n  mine:\n    entity: user\n    steps:\n"
        f"      {quoted}: {{event_name: {quoted}, min_users: 2}}\n",
    )
    with pytest.raises(UserError) as error:
        check_config(read_config(path), path)
    assert (
        f'line 8: checklists.mine.steps.{name}.min_users "2" can never be met'
        in str(error.value)
    )
    attribute = {"account_attributes": ['a"b {{ 1/0 }}']}
    with pytest.raises(UserError, match=r'has "a"b \{\{ 1/0 \}\}", which is n'):
        check_config(read_config(path), path, attribute)


def test_a_seed_that_is_not_csv_is_named(seeds: Path) -> None:
    path = seeds / "product_signals_config_features.csv"
    path.write_text(f"feature\n{'f' * 200_000}\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"features.csv, line 2: .*field limit"):
        check_seeds(seeds)


def test_a_seed_that_a_spreadsheet_saved_is_read(seeds: Path) -> None:
    """With a byte order mark, other line ends and empty columns."""
    path = seeds / "product_signals_config_event_weights.csv"
    head, first, *rest = path.read_text(encoding="utf-8").splitlines()
    lines = [head.replace(",", " ,"), first, *rest]
    for found in ("", "line 2 (weight_set=default, event_name="):
        path.write_text(
            "".join(f"{line},,\r\n" for line in lines), encoding="utf-8-sig"
        )
        if found:
            with pytest.raises(UserError, match=re.escape(found)):
                check_seeds(seeds)
        else:
            check_seeds(seeds)
        lines[1] = f"default,{first.split(',')[1]},much,"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace(",", ";"), 'line 1: has ";" between'),
        (lambda text: text.replace(",", "\t"), "line 1: has a tab between"),
        (lambda text: f"sep=,\n{text}", 'line 1: "sep=," is no header; take'),
        (
            lambda text: text.replace("daily_cap", "Weight", 1),
            'line 1: has column "weight" twice; take one out',
        ),
        (
            lambda text: text.replace("daily_cap\n", "daily_cap,,note\n", 1),
            "line 1: column 5 has no name; name it, or take it out",
        ),
        (
            lambda text: text.replace("logged_in,1,1", "logged_in,1,5,1", 1),
            "line 2: has 5 cells, the header 4",
        ),
        (
            lambda text: text.replace("default,logged_in,1,1", "default", 1),
            "line 2: has 1 cell, the header 4; write a comma for each that",
        ),
        # DuckDB does not load these two.
        (
            lambda text: text.replace("logged_in,1,1", "logged_in,1", 1),
            "line 2: has 3 cells, the header 4; write a comma for each that",
        ),
        (
            lambda text: text.replace("default,created", '"default,created', 1),
            "line 3: is not CSV (unexpected end of data); close each",
        ),
    ],
)
def test_a_seed_that_cannot_be_read_says_why(
    seeds: Path, change: Callable[[str], str], message: str
) -> None:
    path = seeds / "product_signals_config_event_weights.csv"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(UserError, match=re.escape(message)):
        check_seeds(seeds)


def test_seeds_replace_nothing_but_seeds(tmp_path: Path) -> None:
    """A configuration may have the same name as its seeds (L7)."""
    path = tmp_path / "mine.yml"
    text = f"seed_prefix: mine\n{SMALL}"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"mine.yml: is not one of the files"):
        write_seeds(read_config(path), tmp_path)
    assert path.read_text(encoding="utf-8") == text
    assert list(tmp_path.iterdir()) == [path]


def test_seeds_are_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills up half-way leaves the seeds as they were."""
    write_seeds(read_config(config_file(tmp_path, SMALL)), tmp_path / "seeds")
    before = {f: f.read_bytes() for f in (tmp_path / "seeds").iterdir()}
    write_text = Path.write_text

    def until_bands(path: Path, text: str, **how: str) -> None:
        write_text(path, text[:20], **how)
        if path.name.endswith("_bands.csv"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    config = read_config(config_file(tmp_path, SMALL.replace("work", "play")))
    monkeypatch.setattr(Path, "write_text", until_bands)
    with pytest.raises(OSError, match="No space left"):
        write_seeds(config, tmp_path / "seeds")
    assert before == {f: f.read_bytes() for f in (tmp_path / "seeds").iterdir()}


@pytest.mark.parametrize("column", ["weight", "weight_set", "event_name"])
def test_a_column_that_is_missing_is_named(seeds: Path, column: str) -> None:
    """Including columns that name the rows, or that others refer to."""
    path = seeds / "product_signals_config_event_weights.csv"
    text = path.read_text(encoding="utf-8").replace(f"{column},", "wait,", 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=f"add a column {column}"):
        check_seeds(seeds)


def test_no_profile_at_all(seeds: Path) -> None:
    path = seeds / "product_signals_config_score_profiles.csv"
    header, *_ = path.read_text(encoding="utf-8").splitlines()
    path.write_text(f"{header}\n", encoding="utf-8")
    with pytest.raises(
        UserError, match='profile "" is empty: there is no score profile; add'
    ):
        check_seeds(seeds)


def test_seeds_must_be_complete(seeds: Path) -> None:
    (seeds / "product_signals_config_bands.csv").unlink()
    with pytest.raises(UserError, match="there is no such file"):
        check_seeds(seeds)
    with pytest.raises(UserError, match=r"has 0 files \*_event_catalog"):
        check_seeds(seeds / "..")


def test_the_gate_speaks_in_keys_of_the_file(tmp_path: Path) -> None:
    text = SMALL + (
        "features: {fun: {is_key: true}}\n"
        "bands:\n  score: {low: 0, high: 0}\n"
        "weight_sets: {other: {work: 1}}\n"
        "checklists:\n"
        "  mine:\n    entity: user\n    steps:\n"
        "      one: {event_name: work, min_users: 2}\n"
        "signals:\n"
        "  odd:\n    entity: account\n    severity: low\n"
        "    description: d\n    teams: [t]\n"
        "    groups:\n"
        "      - - {metric: score, operator: '>', value: 1}\n"
        "        - {metric: socre, operator: '>', value: 1}\n"
        "    actions: [{team: t, action: a}]\n"
    )
    path = config_file(
        tmp_path,
        text.replace(
            "main: {}",
            "main: {filter: {entity: user, attribute: plan, values: [a]}}",
        ),
    )
    with pytest.raises(UserError) as error:
        check_config(read_config(path), path)
    found = str(error.value)
    for expected in (
        'line 8: bands.score.low "0.0" is not below the upper bound 0.0',
        'checklists.mine.steps.one.min_users "2" can never be met',
        'line 23: signals.odd.groups.0.1.metric "socre" is not a metric of'
        " accounts; did you mean score?",
        'profiles.main.filter.attribute "plan" is not an attribute of users',
    ):
        assert expected in found, found
    assert path.name in found


def test_a_rule_on_an_attribute_needs_the_variable(tmp_path: Path) -> None:
    path = config_file(
        tmp_path,
        SMALL + "signals:\n  own:\n    {entity: account, severity: low,"
        " description: d, teams: [t], actions: [{team: t, action: a}], groups:"
        " [[{metric: attribute_vertical, operator: in, value: a|b}]]}\n",
    )
    config = read_config(path)
    with pytest.raises(UserError) as error:
        check_config(config, path)
    assert str(error.value).endswith(
        'metric "attribute_vertical" is not a metric of accounts; use a metric'
        " of product_signals_config_metrics, or attribute_<name> for one that"
        " the variable account_attributes names"
    )
    check_config(config, path, {"account_attributes": ["vertical"]})


def test_how_many_there_are_is_said_of_all(tmp_path: Path) -> None:
    bands = "bands: {weighted_events: {few: , fine: 5, many: 31}}\n"
    path = config_file(tmp_path, SMALL + bands)
    warnings = check_config(read_config(path), path)
    assert 'events "1" is the number of weighted events' in str(warnings)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"account_attributes": None}, '"None" is not a list of texts; write'),
        ({"account_attributes": [1]}, "is not a list of texts"),
        ({"user_attributes": {"a": "b"}}, "is not a list of texts"),
        ({"excluded_actor_types": None}, "is not a list of texts"),
        ({"urgent_priorities": "high"}, "is not a list of texts"),
        ({"account_attributes": ["tea", "Tea"]}, 'has "Tea" twice; take one'),
        ({"account_attributes": ["tea\n"]}, "is not a plain column name"),
        ({"account_attributes": ["Created_at"]},
         'has "Created_at", a required column, by which nothing is sliced'),
        ({"user_attributes": ["plan", "account_id"]},
         "take it out, or add a column to slice by, such as created_month"),
        ({"as_of_date": "2024-01-01\n"}, "is not a date"),
        ({"as_of_date": "２０２４-01-01"}, "is not a date"),
        ({"trend_threshold": float("inf")}, "is not a number above 0"),
    ],
)  # fmt: skip
def test_a_variable_is_refused_with_its_value(
    tmp_path: Path, variables: dict, message: str
) -> None:
    """Whether it comes from a project or a command line (L7)."""
    path = config_file(tmp_path, SMALL)
    with pytest.raises(UserError) as error:
        check_config(read_config(path), path, variables)
    [name] = variables
    assert f"variable {name} " in str(error.value)
    assert message in str(error.value)


def test_an_attribute_may_be_a_column_of_the_contract(tmp_path: Path) -> None:
    path = config_file(tmp_path, SMALL)
    variables = {"account_attributes": ["plan", "contract_ends_at"]}
    assert check_config(read_config(path), path, variables) is not None


def test_keys_are_compared_as_values(seeds: Path) -> None:
    edit(seeds, "features", {"=feature": "team ", "is_key": "true"})
    edit(
        seeds,
        "signal_conditions",
        {
            "=signal": "score_drop",
            "=condition_group": "1.0",
            "=condition_number": "1",
            "metric": "score",
            "operator": ">",
            "value": "1",
        },
    )
    edit(seeds, "signals", {"=signal": "  ", "severity": "low"})
    with pytest.raises(UserError) as error:
        check_seeds(seeds)
    found = str(error.value)
    assert 'feature "team" is the key of 2 rows' in found
    assert '"score_drop, 1, 1" is the key of 2 rows' in found
    assert 'signal "" is empty; write a text' in found
    assert "None" not in found


def test_sentences_know_one_from_many() -> None:
    """An account of one user had "1 of 1 users active"."""
    text = (
        package_root() / "seeds/product_signals_config_metrics.csv"
    ).read_text(encoding="utf-8")
    # Of the whole product, there are many.
    assert re.findall(r"of \{\w+\} [a-z ]+s\b", text) == [
        "of {compared_accounts} accounts"
    ]
    for part in (
        "{seen_users} user{seen_users|s} active",
        "{key_features} key feature{key_features|s} in use",
        "{seen_users} user{seen_users|s} seen in"
        " {window_days} day{window_days|s}",
    ):
        assert part in text
    # Of an account and of a user.
    assert text.count(",{raw_score} point{raw_score|s} in {window_days}") == 2
    assert "{window_days} days" not in text


def test_nobody_is_a_champion_and_lost() -> None:
    """F10: the one closes on the day on which the other opens."""
    config = read_config(starter_config())
    [silent] = [
        condition
        for group in config.signals["champion"].groups
        for condition in group
        if condition.metric == "days_since_last_active"
    ]
    assert silent.operator == "<"
    assert silent.value == config.bands["silent_days"]["silent"] == 30
    assert silent.clear_value is None
