"""Puts the page together: templates, styles, charts and the one script."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from product_signals.errors import UserError, as_text
from product_signals.report import words
from product_signals.report.facts import Row

_HERE = Path(__file__).parent


def render(facts: Row) -> str:
    """The page as HTML.

    Args:
        facts: What gather() found.

    Returns:
        All of it in one text, which loads nothing from anywhere.

    Raises:
        UserError: What draws the charts is not installed.
    """
    try:
        from product_signals.report.charts import (
            account_chart,
            charts,
            grade_class,
            island,
        )
    except ModuleNotFoundError as error:
        if error.name != "vl_convert":
            raise
        raise UserError(
            "vl-convert-python is not installed;"
            " pip install 'product-signals[report]'"
        ) from error
    made = charts(facts)
    places = [
        row["place"] for row in facts["grades"] if row["place"] is not None
    ]
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
        "anchor": words.anchor,
        "day": words.day_text,
        "figure": words.figure,
        "money": words.money,
        "percent": words.percent,
        "plain": words.plain,
    }
    return environment.get_template("page.html.j2").render(
        **facts,
        charts=made,
        account_chart=account_chart,
        grade_class=lambda place: grade_class(place, places),
        has_page={page["account_id"] for page in facts["pages"]},
        island=island(made),
        style=style,
        scripts=scripts,
        policy=_policy(style, scripts),
    )


def _text(name: str) -> Markup:
    return Markup((_HERE / name).read_text("utf-8"))


def _shown(value: Any) -> Any:
    """Texts of other people's without what turns or hides what follows."""
    if type(value) is str:
        return as_text(value, kept="\n\t")
    return "" if value is None else value


def _policy(style: str, scripts: list[Markup]) -> str:
    """Nothing from elsewhere, no eval, and no script but the page's own."""

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
