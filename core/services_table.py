"""Turns services.txt into the C table, sorted by name, that service_names.c includes."""
import sys


def main(source, target):
    with open(source, encoding="ascii") as stream:
        rows = sorted(line.rstrip("\n").split("|") for line in stream if not line.startswith("#"))
    lines = ["/* Made from services.txt by services_table.py. */", "static const struct service_name services[] = {"]
    lines += ['\t{"%s", "%s", PURPOSE_%s},' % (name, shown, purpose.upper()) for name, shown, purpose in rows]
    with open(target, "w", encoding="ascii") as stream:
        stream.write("\n".join(lines + ["};"]) + "\n")


main(*sys.argv[1:])
