"""Helper for the dbt package product_signals.

The package itself is SQL and doesn't need the helper. The helper writes the
seeds from one commented file, checks them, and runs the package on DuckDB for
people who have event files but no dbt project.
"""

__version__ = "0.4.10"
