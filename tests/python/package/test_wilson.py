"""Wilson's interval compared with scipy's (I2, I4, J3)."""

from __future__ import annotations

import duckdb
import pytest
from jinja2 import Environment
from product_signals.package import package_root
from scipy.stats import binomtest

FILE = package_root() / "macros/statistics/intervals.sql"


def _bounds(part: int, whole: int) -> tuple:
    macros = Environment().from_string(FILE.read_text(encoding="utf-8"))
    module = macros.make_module()
    query = (
        f"select {module.wilson('low', 'part', 'whole')},"
        f" {module.wilson('high', 'part', 'whole')}"
        f" from (select {part} as part, {whole} as whole)"
    )
    return duckdb.execute(query).fetchall()[0]


@pytest.mark.parametrize(
    ("part", "whole"),
    [(0, 1), (1, 1), (0, 40), (40, 40), (3, 7), (17, 20), (812, 10_000)],
)
def test_wilson_is_scipys(part: int, whole: int) -> None:
    interval = binomtest(part, whole).proportion_ci(method="wilson")
    # scipy uses 1.95996… standard deviations, not 1.96.
    assert _bounds(part, whole) == pytest.approx(interval, abs=2e-5)


def test_a_share_of_nothing_has_no_interval() -> None:
    assert _bounds(0, 0) == (None, None)
