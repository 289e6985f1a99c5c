"""Turns catalog.csv into the C tables that catalog.c includes."""
import csv
import json
import sys


def main(source, target):
    with open(source, encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    lines = ["/* Made from catalog.csv by catalog_table.py. */"]
    plans = []
    skus = []
    for row in rows:
        names = row["servicePlanNames"].split(";")
        ids = row["servicePlanIds"].split(";")
        if len(names) != len(ids):
            sys.exit(f"{source}: {row['skuPartNumber']}: {len(names)} names but {len(ids)} ids")
        skus.append("\t{%s, %s, %s, catalog_plans + %d, %d}," % (
            json.dumps(row["skuId"].lower()), json.dumps(row["skuPartNumber"]),
            json.dumps(row["displayName"]), len(plans), len(names)))
        plans += ["\t{%s, %s}," % (json.dumps(i.lower()), json.dumps(n))
                  for i, n in zip(ids, names)]
    lines += ["static const struct catalog_plan catalog_plans[] = {", *plans, "};",
              "static const struct catalog_sku catalog_skus[] = {", *skus, "};"]
    with open(target, "w", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")


main(*sys.argv[1:])
