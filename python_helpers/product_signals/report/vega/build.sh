#!/bin/sh
# The one script of the page, with the licences of what is in it.
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cp "$here/package.json" "$here/entry.js" "$folder"
cd "$folder"
npm install --silent --no-audit --no-fund
{
	echo "/*! Vega 6.4.0 and the parts of D3 that it is made with."
	cat node_modules/vega/LICENSE
	echo
	cat node_modules/d3-array/LICENSE
	echo "*/"
} > vega.min.js
npx esbuild entry.js --bundle --minify --format=iife --target=es2020 \
	--legal-comments=none --log-level=warning >> vega.min.js
cp vega.min.js "$here/vega.min.js"
