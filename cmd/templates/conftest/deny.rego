# What no plan of this repository may do, for conftest (https://conftest.dev):
#
#   seatshift show PLAN --format json --out plan.json && conftest test --policy FOLDER plan.json
#
# An example to start from: the numbers are yours. A rule's name is what an exception names (exception.rego).
package main

import rego.v1

users_limit := 500

# A policy that finds nothing to judge passes everything: what is no plan is refused, and so is plan.json itself,
# which says once what many actions share.
deny_no_plan contains msg if {
	not is_plan
	msg := "this is not the output of seatshift show PLAN --format json"
}

is_plan if {
	startswith(input.format, "seatshift-plan/")
	input.digest
}

is_plan if {
	startswith(input.format, "seatshift-plan/")
	count(input.actions) == 0
}

deny_licence_taken contains msg if {
	some action in input.actions
	count(object.get(action, ["change", "remove"], [])) > 0
	count(object.get(action, ["change", "add"], [])) == 0
	msg := sprintf("%s: %s loses a licence and gets no other", [action.id, who(action)])
}

deny_too_many contains msg if {
	input.summary.users_changed > users_limit
	msg := sprintf("the plan changes %d people; at most %d at once", [input.summary.users_changed, users_limit])
}

# Without a last day nobody is reminded, and both subscriptions are billed.
deny_open_end contains msg if {
	some action in input.actions
	action.kind == "retire-subscription"
	object.get(action, ["change", "retire_by"], null) == null
	msg := sprintf("%s: no retire_by says until when the subscription has to be cancelled", [action.id])
}

who(action) := action.subject.upn

who(action) := sprintf("the group %s", [action.subject.name]) if action.subject.group
