"""Every link in the documentation leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from product_signals.package import package_root

ROOT = package_root()
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "tests").glob("*/README.md"),
]
_BLOCK = re.compile(r"^ *```.*?^ *```$", re.M | re.S)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.M)


def prose(page: Path) -> str:
    return _BLOCK.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    return {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in _HEADING.findall(prose(page))
    }


@pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: str(page.relative_to(ROOT))
)
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(prose(page)):
        if re.match(r"\w+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name) if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_one_click_away() -> None:
    """From the README, or from the page that lists the signals."""
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in (
            ROOT / "README.md",
            ROOT / "docs" / "signals" / "README.md",
        )
        for link in _LINK.findall(prose(page))
    }
    pages = set((ROOT / "docs").rglob("*.md"))
    assert {page.resolve() for page in pages} <= linked
