#!/bin/sh
# What `make demo` shows: the three jobs of mxlens on the sample data. Ends with the path of the report.
set -eu
mxlens="${BIN:-.venv/bin}/mxlens"
out="${OUT:-out}"
mkdir -p "$out"

echo "== trace: the way of one message, from its headers"
"$mxlens" trace sample_data/headers/slow-hop.eml

echo "== explain: why a reply gets its verdict"
"$mxlens" explain "452 4.2.2 The recipient's mailbox is full"

echo
echo "== classify: bounces, a mailbox and a log (shown: the bounces; everything: $out/attempts.jsonl)"
"$mxlens" classify --quiet --format jsonl -o "$out/attempts.jsonl" \
  sample_data/bounces sample_data/bounces.mbox sample_data/postfix.log
"$mxlens" classify sample_data/bounces

echo
echo "== report: everything in one HTML file"
"$mxlens" report --title "mxlens demo" -o "$out/report.html" \
  sample_data/headers sample_data/bounces sample_data/bounces.mbox sample_data/postfix.log
