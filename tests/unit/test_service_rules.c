/*
 * The planner's rules between service plans, and the twin's: each sound by itself, and compared.
 *
 * They are written apart, each from the documentation. Where they differ, the difference stands below with
 * the reason; any other is a mistake in one of the two.
 */
#include "core/catalog.h"
#include "core/clock.h"
#include "core/macros.h"
#include "core/service_rules.h"
#include "core/str.h"
#include "providers/twin/service_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

enum { PLANS_MAX = 1024 };
static const struct catalog_plan *plans[PLANS_MAX];
static size_t plan_count;

static void add_plan(const struct catalog_plan *plan)
{
	for (size_t i = 0; i < plan_count; i++)
		if (str_eq(plans[i]->id, plan->id))
			return;
	assert_true(plan_count < PLANS_MAX);
	plans[plan_count++] = plan;
}

static int collect_plans(void **state)
{
	(void)state;
	const struct catalog_sku *sku;
	for (size_t s = 0; (sku = catalog_sku_at(s)); s++)
		for (size_t i = 0; i < sku->plan_count; i++)
			add_plan(&sku->plans[i]);
	return plan_count < 100;
}

enum verdict { ALLOWED, DISPUTED, REFUSED };

static enum verdict planner_says(const char *a, const char *b)
{
	enum verdict worst = ALLOWED;
	const struct service_exclusion *rule;
	for (size_t i = 0; (rule = service_exclusion_at(i)); i++) {
		bool a_named = service_rule_names(rule->names, a),
		     b_named = service_rule_names(rule->names, b);
		bool broken = (a_named && b_named) || (a_named && service_rule_names(rule->others, b)) ||
			      (b_named && service_rule_names(rule->others, a));
		enum verdict verdict = !broken ? ALLOWED : rule->disputed ? DISPUTED : REFUSED;
		worst = verdict > worst ? verdict : worst;
	}
	return worst;
}

static bool twin_rule_has(const struct twin_service_rule *rule, const char *id)
{
	for (size_t i = 0; i < TWIN_RULE_MAX && rule->plans[i]; i++)
		if (str_eq(rule->plans[i], id))
			return true;
	return false;
}

static enum verdict twin_says(const char *a, const char *b)
{
	const struct twin_service_rule *rule;
	for (size_t i = 0; (rule = twin_service_rule_at(i)); i++)
		if (!rule->plan && twin_rule_has(rule, a) && twin_rule_has(rule, b))
			return REFUSED;
	return ALLOWED;
}

struct difference {
	const char *plans[SERVICE_RULE_MAX];
	enum verdict planner;
	enum verdict twin;
	const char *why;
};

static const struct difference exclusion_differences[] = {
	{{"EXCHANGE_S_DESKLESS", "EXCHANGE_S_ESSENTIALS", "EXCHANGE_S_STANDARD"},
	 DISPUTED,
	 ALLOWED,
	 "the reference of 2025-10 keeps them apart, the Exchange team's blog of 2023-01 allows them"},
	{{"ONEDRIVEENTERPRISE", "SHAREPOINT_S_DEVELOPER", "SHAREPOINTDESKLESS", "SHAREPOINTENTERPRISE",
	  "SHAREPOINTENTERPRISE_MIDMARKET", "SHAREPOINTLITE", "SHAREPOINTSTANDARD", "SHAREPOINTSTANDARD_EDU"},
	 DISPUTED,
	 ALLOWED,
	 "the reference keeps them apart in its table and only recommends against it in its text"},
	{{"MCOIMP", "MCOSTANDARD"}, DISPUTED, ALLOWED, "F3 beside E3, which the Exchange team's blog allows"},
	{{"YAMMER_ENTERPRISE", "YAMMER_EDU", "YAMMER_MIDSIZE"},
	 DISPUTED,
	 ALLOWED,
	 "Business Basic beside E3, which the Exchange team's blog allows"},
	{{"RMS_S_ENTERPRISE", "RMS_S_ENTERPRISE_GOV"},
	 DISPUTED,
	 ALLOWED,
	 "F1 beside E3, which the Exchange team's blog allows"},
};

static const struct difference *explain(const char *a, const char *b, enum verdict planner, enum verdict twin,
					bool seen[])
{
	for (size_t i = 0; i < ARRAY_LEN(exclusion_differences); i++) {
		const struct difference *d = &exclusion_differences[i];
		if (!service_rule_names(d->plans, a) || !service_rule_names(d->plans, b) ||
		    d->planner != planner || d->twin != twin)
			continue;
		seen[i] = true;
		return d;
	}
	return NULL;
}

static void test_exclusions_compared(void **state)
{
	(void)state;
	bool seen[ARRAY_LEN(exclusion_differences)] = {false};
	for (size_t i = 0; i < plan_count; i++) {
		for (size_t j = i + 1; j < plan_count; j++) {
			enum verdict planner = planner_says(plans[i]->name, plans[j]->name);
			enum verdict twin = twin_says(plans[i]->id, plans[j]->id);
			if (planner != twin && !explain(plans[i]->name, plans[j]->name, planner, twin, seen))
				fail_msg("%s and %s: the planner says %d, the twin %d", plans[i]->name,
					 plans[j]->name, planner, twin);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(exclusion_differences); i++) {
		const struct difference *d = &exclusion_differences[i];
		print_message("differ: %s, %s%s: %s\n", d->plans[0], d->plans[1], d->plans[2] ? ", ..." : "",
			      d->why);
		assert_true(seen[i]);
	}
}

static const struct {
	const char *plan;
	const char *support;
	const char *why;
} dependency_differences[] = {
	{"SHAREPOINTWAC", "SHAREPOINTLITE",
	 "no product has the two, so nothing is known; the planner is lenient"},
};

static bool planner_supports(const char *plan, const char *support, bool *ret_has_rule)
{
	const struct service_dependency *rule;
	for (size_t i = 0; (rule = service_dependency_at(i)); i++)
		if (str_eq(rule->name, plan)) {
			*ret_has_rule = true;
			return service_rule_names(rule->any_of, support);
		}
	*ret_has_rule = false;
	return false;
}

static bool twin_supports(const char *plan, const char *support, bool *ret_has_rule)
{
	const struct twin_service_rule *rule;
	for (size_t i = 0; (rule = twin_service_rule_at(i)); i++)
		if (rule->plan && str_eq(rule->plan, plan)) {
			*ret_has_rule = true;
			return twin_rule_has(rule, support);
		}
	*ret_has_rule = false;
	return false;
}

static void compare_support(const struct catalog_plan *plan, const struct catalog_plan *support, bool seen[])
{
	bool planner_rules, twin_rules;
	bool planner = planner_supports(plan->name, support->name, &planner_rules);
	bool twin = twin_supports(plan->id, support->id, &twin_rules);
	if (planner_rules != twin_rules)
		fail_msg("%s depends on others for the %s only", plan->name, twin_rules ? "twin" : "planner");
	if (planner == twin)
		return;
	for (size_t i = 0; i < ARRAY_LEN(dependency_differences); i++)
		if (str_eq(dependency_differences[i].plan, plan->name) &&
		    str_eq(dependency_differences[i].support, support->name)) {
			seen[i] = true;
			return;
		}
	fail_msg("%s is enough for %s for the %s only", support->name, plan->name, twin ? "twin" : "planner");
}

static void test_dependencies_compared(void **state)
{
	(void)state;
	bool seen[ARRAY_LEN(dependency_differences)] = {false};
	for (size_t i = 0; i < plan_count; i++)
		for (size_t j = 0; j < plan_count; j++)
			compare_support(plans[i], plans[j], seen);
	for (size_t i = 0; i < ARRAY_LEN(dependency_differences); i++) {
		print_message("differ: %s for %s: %s\n", dependency_differences[i].support,
			      dependency_differences[i].plan, dependency_differences[i].why);
		assert_true(seen[i]);
	}
}

static void test_every_row_has_a_source(void **state)
{
	(void)state;
	int32_t day;
	const struct service_exclusion *exclusion;
	const struct service_dependency *dependency;
	size_t count = 0;
	for (size_t i = 0; (exclusion = service_exclusion_at(i)); i++, count++) {
		assert_true(strlen(exclusion->source) > 20);
		assert_true(date_parse(exclusion->as_of, &day));
	}
	assert_true(count > 5 && count <= 64);
	count = 0;
	for (size_t i = 0; (dependency = service_dependency_at(i)); i++, count++) {
		assert_true(strlen(dependency->source) > 20);
		assert_true(date_parse(dependency->as_of, &day));
		assert_non_null(catalog_find_plan(dependency->name));
		assert_non_null(catalog_find_plan(dependency->any_of[0]));
	}
	assert_true(count > 5 && count <= 64);
}

/* A product is sold, so what it holds goes together; none may be refused by itself. */
static void test_no_product_breaks_a_rule(void **state)
{
	(void)state;
	const struct catalog_sku *sku;
	for (size_t s = 0; (sku = catalog_sku_at(s)); s++)
		for (size_t i = 0; i < sku->plan_count; i++)
			for (size_t k = i + 1; k < sku->plan_count; k++) {
				if (planner_says(sku->plans[i].name, sku->plans[k].name) != ALLOWED)
					fail_msg("%s: %s and %s", sku->part_number, sku->plans[i].name,
						 sku->plans[k].name);
				assert_int_equal(twin_says(sku->plans[i].id, sku->plans[k].id), ALLOWED);
			}
}

static bool is_supported_in(const struct catalog_sku *sku, const struct service_dependency *rule)
{
	bool has = false, supported = false;
	for (size_t i = 0; i < sku->plan_count; i++) {
		has = has || str_eq(sku->plans[i].name, rule->name);
		supported = supported || service_rule_names(rule->any_of, sku->plans[i].name);
	}
	return !has || supported;
}

/* What is sold with nothing that it could lean on is an add-on; these are all. */
static void test_only_add_ons_lack_support(void **state)
{
	(void)state;
	static const char *const add_ons[] = {"EXCHANGEARCHIVE_ADDON", "MCOEV",	      "MCOMEETADV",
					      "MCOTEAMS_ESSENTIALS",   "SPE_F5_COMP", "SPE_F5_SECCOMP",
					      "WORKPLACE_ANALYTICS"};
	const struct catalog_sku *sku;
	const struct service_dependency *rule;
	for (size_t s = 0; (sku = catalog_sku_at(s)); s++) {
		bool is_add_on = false;
		for (size_t i = 0; i < ARRAY_LEN(add_ons); i++)
			is_add_on = is_add_on || str_eq(add_ons[i], sku->part_number);
		for (size_t i = 0; !is_add_on && (rule = service_dependency_at(i)); i++)
			if (!is_supported_in(sku, rule))
				fail_msg("%s has %s and nothing that it needs", sku->part_number, rule->name);
	}
}

static void test_verdicts(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		enum verdict verdict;
	} rows[] = {
		{"EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE", ALLOWED},
		{"EXCHANGE_S_DESKLESS", "EXCHANGE_S_ENTERPRISE", ALLOWED},
		{"EXCHANGE_S_DESKLESS", "EXCHANGE_S_STANDARD", DISPUTED},
		{"EXCHANGE_L_STANDARD", "EXCHANGE_S_ENTERPRISE", REFUSED},
		{"EXCHANGE_L_STANDARD", "EXCHANGE_S_STANDARD_MIDMARKET", REFUSED},
		{"SHAREPOINTENTERPRISE", "SHAREPOINTDESKLESS", DISPUTED},
		{"MCOSTANDARD", "MCOIMP", DISPUTED},
		{"MCOLITE", "MCOSTANDARD", REFUSED},
		{"INTUNE_A", "INTUNE_A_VL", REFUSED},
		{"EXCHANGE_S_STANDARD", "SHAREPOINTENTERPRISE", ALLOWED},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(planner_says(rows[i].a, rows[i].b), rows[i].verdict);
		assert_int_equal(planner_says(rows[i].b, rows[i].a), rows[i].verdict);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exclusions_compared),
		cmocka_unit_test(test_dependencies_compared),
		cmocka_unit_test(test_every_row_has_a_source),
		cmocka_unit_test(test_no_product_breaks_a_rule),
		cmocka_unit_test(test_only_add_ons_lack_support),
		cmocka_unit_test(test_verdicts),
	};
	return cmocka_run_group_tests(tests, collect_plans, NULL);
}
