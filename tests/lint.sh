#!/bin/sh
# Lints the package's SQL. dbt compiles only whole projects, so this works on
# a copy of the package that is given input models.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
if LC_ALL=C.UTF-8 grep -rnE '^.{81,}' --include='*.sql' "$root/models"; then
    echo "These lines are longer than 80 columns."
    exit 1
fi
if grep -rnE '\bunion\b' --include='*.sql' "$root/models" \
    | grep -vE ':[0-9]+: *(union( all| distinct)?|\{\{-? .*\}\})$' | grep .; then
    echo "These lines have more than the union."
    exit 1
fi
if find "$root/models" -name '*.sql' -exec wc -l {} + \
    | awk '$2 != "total" && $1 > 300' | grep .; then
    echo "These models are longer than 300 lines."
    exit 1
fi

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

cp -r "$root/macros" "$root/models" "$root/seeds" "$root/.sqlfluff" "$copy"
mkdir "$copy/models/00_inputs"
cp "$root"/tests/consumer/models/* "$copy/models/00_inputs"
sed -e 's/^name: product_signals$/&\nprofile: product_signals/' \
    -e 's/+enabled: false/+enabled: true/' \
    "$root/dbt_project.yml" > "$copy/dbt_project.yml"
cat > "$copy/profiles.yml" <<PROFILES
product_signals:
  target: lint
  outputs:
    lint: {type: duckdb, path: ":memory:", threads: 1}
PROFILES

cd "$copy"
python "$root/tests/lint.py" lint --disable-progress-bar --processes 2 models
