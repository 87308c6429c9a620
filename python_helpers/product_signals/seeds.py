"""Writes seed CSVs from the configuration file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from product_signals.config import ANY, Config, Filter, WeightedEvent
from product_signals.errors import UserError
from product_signals.stopping import temporary_folder

# Cells that are unambiguous without quotes.
PLAIN = re.compile(r"[\w .|%!?():;/<>=-]*")

Row = dict[str, Any]

# The seeds made from a configuration file, with their columns in order. The
# seed metrics is not one of them: it describes the package's own models.
COLUMNS: dict[str, list[str]] = {
    "event_catalog": [
        "event_name",
        "feature",
        "counts_as_activity",
        "is_risk",
        "flow",
        "flow_step",
    ],
    "features": [
        "feature",
        "feature_name",
        "is_key",
        "is_differentiated",
        "is_setting",
        "plans",
        "launched_on",
    ],
    "event_weights": ["weight_set", "event_name", "weight", "daily_cap"],
    "score_profiles": [
        "profile",
        "priority",
        "weight_set",
        "period_days",
        "change_days",
        "normalization",
        "account_method",
        "decay",
        "decay_days",
        "benchmark",
        "min_population",
        "filter_entity",
        "filter_attribute",
        "filter_values",
    ],
    "activation_checklists": [
        "checklist",
        "entity",
        "priority",
        "filter_attribute",
        "filter_values",
    ],
    "activation_steps": [
        "checklist",
        "step",
        "step_order",
        "step_name",
        "event_name",
        "min_count",
        "min_users",
        "within_days",
    ],
    "bands": ["metric", "band", "band_order", "lower_bound", "upper_bound"],
    "signals": [
        "signal",
        "signal_name",
        "entity",
        "kind",
        "severity",
        "description",
        "teams",
        "min_days",
        "grace_days",
        "suppressed_by",
        "closed_by",
        "is_enabled",
    ],
    "signal_conditions": [
        "signal",
        "condition_group",
        "condition_number",
        "metric",
        "operator",
        "value",
        "clear_value",
    ],
    "signal_actions": ["signal", "action_order", "team", "action"],
    "health_components": [
        "lifecycle_stage",
        "tier",
        "component",
        "metric",
        "floor",
        "ceiling",
        "weight",
    ],
    "pql_thresholds": [
        "complexity",
        "size_band",
        "nudge_at",
        "qualify_at",
        "overdue_above",
        "min_active_users",
        "min_score",
        "default_deal_size",
    ],
    "trial_personas": [
        "persona",
        "activation_band",
        "engagement_band",
        "communication_band",
        "tiebreak_attribute",
        "tiebreak_values",
        "tiebreak_sentiments",
        "likelihood",
        "prior_strength",
        "action",
    ],
}


def seed_rows(config: Config) -> dict[str, list[Row]]:
    """Returns the rows of all seeds of a configuration, in file order."""
    return {
        "event_catalog": [
            {"event_name": name} | event.model_dump()
            for name, event in config.events.items()
        ],
        "features": [
            {"feature": name} | feature.model_dump()
            for name, feature in config.features.items()
        ],
        "event_weights": list(_weights(config)),
        "score_profiles": [
            {"profile": name} | profile.model_dump() | _filter(profile.filter)
            for name, profile in config.profiles.items()
        ],
        "activation_checklists": [
            {"checklist": name}
            | checklist.model_dump()
            | _filter(checklist.filter)
            for name, checklist in config.checklists.items()
        ],
        "activation_steps": [
            {"checklist": name, "step": step_name, "step_order": order}
            | step.model_dump()
            for name, checklist in config.checklists.items()
            for order, (step_name, step) in enumerate(
                checklist.steps.items(), start=1
            )
        ],
        "bands": list(_bands(config)),
        "signals": [
            {"signal": name} | signal.model_dump()
            for name, signal in config.signals.items()
        ],
        "signal_conditions": [
            {
                "signal": name,
                "condition_group": group,
                "condition_number": number,
            }
            | condition.model_dump()
            for name, signal in config.signals.items()
            for group, conditions in enumerate(signal.groups, start=1)
            for number, condition in enumerate(conditions, start=1)
        ],
        "signal_actions": [
            {"signal": name, "action_order": order} | action.model_dump()
            for name, signal in config.signals.items()
            for order, action in enumerate(signal.actions, start=1)
        ],
        "health_components": [
            {
                "lifecycle_stage": None if stage == ANY else stage,
                "tier": None if tier == ANY else tier,
                "component": name,
            }
            | component.model_dump()
            for stage, tiers in config.health.items()
            for tier, components in tiers.items()
            for name, component in components.items()
        ],
        "pql_thresholds": [
            {"complexity": complexity, "size_band": size_band}
            | threshold.model_dump()
            for complexity, thresholds in config.pql_thresholds.items()
            for size_band, threshold in thresholds.items()
        ],
        "trial_personas": [
            {"persona": name} | persona.model_dump()
            for name, persona in config.trial_personas.items()
        ],
    }


def seed_files(config: Config) -> dict[str, str]:
    """Returns the files made from a configuration.

    Returns:
        File name -> content: the CSVs, and a properties file that gives every
        column the type text, so that dbt doesn't guess types.
    """
    files = {}
    for seed, rows in seed_rows(config).items():
        table = [
            [_cell(row.get(name)) for name in COLUMNS[seed]] for row in rows
        ]
        # dbt lets DuckDB guess the format of a file, so a name such as # x
        # would turn a line into a comment.
        plain = all(PLAIN.fullmatch(cell) for row in table for cell in row)
        text = io.StringIO()
        writer = csv.writer(
            text,
            lineterminator="\n",
            quoting=csv.QUOTE_NONE if plain else csv.QUOTE_ALL,
        )
        writer.writerow(COLUMNS[seed])
        writer.writerows(table)
        files[f"{config.seed_prefix}_{seed}.csv"] = text.getvalue()
    files[f"{config.seed_prefix}.yml"] = _properties(config.seed_prefix)
    return files


def seed_variables(config: Config) -> dict[str, str]:
    """Returns the dbt variables that point the package at the seeds."""
    return {f"{seed}_seed": f"{config.seed_prefix}_{seed}" for seed in COLUMNS}


def write_seeds(config: Config, folder: Path) -> list[Path]:
    """Writes the seed files of a configuration, all or none.

    Args:
        config: The configuration.
        folder: The folder to write to, made if missing.

    Returns:
        The files written.

    Raises:
        UserError: Another file is in the place of the properties file.
    """
    properties = folder / f"{config.seed_prefix}.yml"
    begin, *_ = _properties(config.seed_prefix).partition("    config:")
    if properties.exists() and not properties.read_bytes().startswith(
        begin.encode()
    ):
        raise UserError(
            f"{properties}: is not one of the files that seeds writes, and"
            " would be lost; choose another folder with --out, or another"
            " seed_prefix"
        )
    folder.mkdir(parents=True, exist_ok=True)
    files = seed_files(config)
    with temporary_folder(dir=folder, prefix=".writing-") as drafts:
        for name, text in files.items():
            (drafts / name).write_text(text, encoding="utf-8")
        for name in files:
            (drafts / name).replace(folder / name)
    return [folder / name for name in files]


def _weights(config: Config) -> Iterator[Row]:
    for name, event in config.events.items():
        if event.weight is not None:
            yield {
                "weight_set": "default",
                "event_name": name,
                "weight": event.weight,
                "daily_cap": event.daily_cap,
            }
    for weight_set, weights in config.weight_sets.items():
        for name, weight in weights.items():
            given = (
                weight
                if isinstance(weight, WeightedEvent)
                else WeightedEvent(weight=weight)
            )
            yield {
                "weight_set": weight_set,
                "event_name": name,
                **given.model_dump(),
            }


def _bands(config: Config) -> Iterator[Row]:
    for metric, bands in config.bands.items():
        bounds = list(bands.values())
        for order, (band, lower_bound) in enumerate(bands.items(), start=1):
            yield {
                "metric": metric,
                "band": band,
                "band_order": order,
                "lower_bound": lower_bound,
                "upper_bound": (bounds[order] if order < len(bounds) else None),
            }


def _filter(given: Filter | None) -> Row:
    if given is None:
        return {}
    return {
        "filter_entity": getattr(given, "entity", None),
        "filter_attribute": given.attribute,
        "filter_values": given.values,
    }


def _cell(value: Any) -> str:
    """A value as a seed's cell: lists as a|b, true as true, none as empty."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "|".join(_cell(item) for item in value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _properties(prefix: str) -> str:
    lines = ["version: 2", "", "seeds:"]
    for seed, columns in COLUMNS.items():
        lines += [
            f"  - name: {prefix}_{seed}",
            "    config:",
            "      column_types:",
            *(f"        {column}: text" for column in columns),
        ]
    return "\n".join(lines) + "\n"
