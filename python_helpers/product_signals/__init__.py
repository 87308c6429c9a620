"""Helper for the dbt package product_signals.

The package itself is SQL and needs none of this. The helper writes its seeds
from one commented file, checks them, and runs it on DuckDB for people who
have event files but no dbt project.
"""

__version__ = "0.4.0"
