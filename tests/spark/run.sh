#!/bin/sh
# The second engine beside the first: `run.sh PYTHON SPARK_PYTHON`, from the top of the checkout.
# A small run in a home of its own, then the same project on Spark from the same lake, then every cell compared.
set -eu
command -v java >/dev/null 2>&1 \
  || { echo "Spark needs a Java runtime: install one (on Debian and Ubuntu: apt-get install openjdk-17-jre-headless)"; exit 1; }
EQUITY_HOME=$(mktemp -d)
export EQUITY_HOME
trap 'rm -rf "$EQUITY_HOME"' EXIT INT TERM
"$1" -m orchestration run --scale 0.02
variables=$("$1" -c 'import json; from orchestration.settings import load_settings as s; print(json.dumps(s().dbt_vars()))')
EQUITY_LAKE="$EQUITY_HOME/lake" EQUITY_WAREHOUSE="$EQUITY_HOME/warehouse/equity.duckdb" EQUITY_DBT_VARS="$variables" \
  "$2" -m pytest -m spark --confcutdir=tests/spark tests/spark
