# What a reviewer should be told of a plan, and nothing stops for, for conftest. See deny.rego.
package main

import rego.v1

canary_from := 10

warn_no_canary contains msg if {
	input.summary.users_changed >= canary_from
	not has_canary
	msg := sprintf("%d people are changed, and nobody goes first (canaries in the customer file)", [input.summary.users_changed])
}

has_canary if {
	some action in input.actions
	action.canary
}

warn_cannot_be_undone contains msg if {
	some action in input.actions
	action.undo == "never"
	action.kind != "set-usage-location"
	msg := sprintf("%s: %s cannot be undone", [action.id, action.kind])
}

# The plan's own warnings, but for the reminder that stands in every plan (seatshift explain SS204).
warn_planner contains msg if {
	some warning in input.warnings
	warning.code != "SS204"
	msg := sprintf("%s: %s", [warning.code, warning.message])
}
