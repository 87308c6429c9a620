"""Where the dbt package and its example project are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).resolve().parent


def package_root() -> Path:
    """The folder of the dbt package, in the wheel or else the repository."""
    shipped = _HERE / "dbt_package"
    return shipped if shipped.exists() else _HERE.parents[1]


def package_variables() -> dict[str, Any]:
    """The package's variables and their defaults."""
    project = (package_root() / "dbt_project.yml").read_text(encoding="utf-8")
    return yaml.safe_load(project)["vars"]


def consumer_project() -> Path:
    """The folder of the example project, which is also the demo."""
    return package_root() / "tests" / "consumer"


def trial_project() -> Path:
    """The folder of the example with trials and all inputs."""
    return package_root() / "tests" / "trial"


def starter_config() -> Path:
    """The configuration file that the package's own seeds are made from."""
    return _HERE / "starter.yml"
