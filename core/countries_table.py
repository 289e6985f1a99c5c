"""Turns countries.csv into the C table that country.c includes."""
import csv
import json
import sys


def c_text(text):
    """As octal escapes, which no letter that follows can lengthen."""
    return '"' + "".join(c if 32 <= ord(c) < 127 and c not in '"\\\\' else
                         "".join("\\%03o" % byte for byte in c.encode()) for c in text) + '"'


def main(source, target):
    with open(source, encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(line for line in stream if not line.startswith("#")))
    lines = ["/* Made from countries.csv by countries_table.py. */",
             "static const struct country countries[] = {"]
    lines += ["\t{%s, %s, %s}," % (json.dumps(row["alpha2"]), json.dumps(row["alpha3"]), c_text(row["name"]))
              for row in rows]
    with open(target, "w", encoding="utf-8") as stream:
        stream.write("\n".join(lines + ["};"]) + "\n")


main(*sys.argv[1:])
