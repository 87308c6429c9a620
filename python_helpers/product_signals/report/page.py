"""Puts the page together from templates, styles, charts and one script."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from product_signals.errors import as_text, needing
from product_signals.report import words
from product_signals.report.facts import Row

_HERE = Path(__file__).parent


def render(facts: Row) -> str:
    """Renders the page as HTML.

    Args:
        facts: What gather() returned.

    Returns:
        The whole page in one text, which loads nothing from elsewhere.

    Raises:
        UserError: The library that draws the charts is not installed.
    """
    with needing("vl_convert", "vl-convert-python", "report"):
        from product_signals.report.charts import (
            account_chart,
            charts,
            grade_class,
            island,
        )
    made = charts(facts)
    style = _text("page.css")
    scripts = [_text("vega/vega.min.js"), _text("page.js")]
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "ago": words.ago,
        "anchor": words.anchor,
        "day": words.day_text,
        "figure": words.figure,
        "floored": words.floored,
        "amount": words.amount,
        "percent": words.percent,
        "plain": words.plain,
        "rate": words.rate,
    }
    return environment.get_template("page.html.j2").render(
        **facts,
        charts=made,
        account_chart=account_chart,
        grade_class=lambda place: grade_class(place, facts["best_place"]),
        has_page={page["account_id"] for page in facts["pages"]},
        island=island(made),
        style=style,
        scripts=scripts,
        policy=_policy(style, scripts),
    )


def _text(name: str) -> Markup:
    return Markup((_HERE / name).read_text("utf-8"))


def _shown(value: Any) -> Any:
    """Writes out characters that would reverse or hide the text after them."""
    if type(value) is str:
        return as_text(value, kept="\n\t")
    return "" if value is None else value


def _policy(style: str, scripts: list[Markup]) -> str:
    """Forbids other sites, eval, and scripts that are not the page's own."""

    def hashed(text: str) -> str:
        digest = b64encode(sha256(text.encode()).digest()).decode()
        return f"'sha256-{digest}'"

    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(map(hashed, scripts))}",
            f"style-src {hashed(style)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
