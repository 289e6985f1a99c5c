/* Which of git's settings are meant for a remote: by the rules of git-config(1), and in doubt none.
 */
#include "plans/git/git_url.h"

#include "core/macros.h"
#include "core/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_fits(void **state)
{
	static const struct {
		const char *pattern, *url;
		bool fits;
	} cases[] = {
		{"https://github.com/", "https://github.com/fabrikam/moves", true},
		{"https://github.com", "https://github.com/fabrikam/moves", true},
		{"HTTPS://GitHub.com", "https://github.COM/fabrikam/moves", true},
		{"https://github.com:443/", "https://github.com/fabrikam/moves", true},
		{"https://github.com/fabrikam", "https://github.com/fabrikam/moves", true},
		{"https://github.com/fabrikam/", "https://github.com/fabrikam/moves", true},
		{"https://github.com/fabrikam/moves", "https://github.com/fabrikam/moves/", true},
		{"https://github.com/", "https://fabrikam@github.com/moves", true},
		{"https://fabrikam@dev.azure.com/fabrikam/_git/moves",
		 "https://fabrikam@dev.azure.com/fabrikam/_git/moves", true},
		{"https://*.example.com/", "https://git.example.com/moves", true},
		{"http://[::1]:8080/", "http://[::1]:8080/moves", true},
		/* Another server, whatever it is called. */
		{"https://github.com", "https://github.com.example.net/moves", false},
		{"https://github.com", "https://github.computer/moves", false},
		{"https://github.com/", "https://github.com@example.net/moves", false},
		{"https://github.com/", "https://example.net/https://github.com/", false},
		{"https://github.com/", "https://git:github.com@example.net/", false},
		{"https://*.example.com/", "https://example.com/moves", false},
		{"https://*.example.com/", "https://a.b.example.com/moves", false},
		{"https://*.com/", "https://git.example.com/moves", false},
		/* Another way to it, or another place on it. */
		{"https://github.com/", "http://github.com/moves", false},
		{"https://github.com:8443/", "https://github.com/moves", false},
		{"https://github.com/fabrikam/", "https://github.com/fabrikam-evil/moves", false},
		{"https://github.com/fabrikam/", "https://github.com/fabrikam/../evil/moves", false},
		{"https://github.com/fabrikam/", "https://github.com/Fabrikam/moves", false},
		{"https://adele@github.com/", "https://github.com/moves", false},
		{"https://adele@github.com/", "https://alex@github.com/moves", false},
		/* No URL at all. */
		{"github.com", "https://github.com/moves", false},
		{"https://", "https://github.com/moves", false},
		{"https://github.com/", "git@github.com:fabrikam/moves", false},
		{"http://[::1/", "http://[::1]/moves", false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct url_fit fit;
		if (git_url_fits(cases[i].pattern, cases[i].url, &fit) != cases[i].fits)
			fail_msg("%s for %s", cases[i].pattern, cases[i].url);
	}
}

/* In the order in which git prefers them: a longer host, then a longer path, then a user. */
static void test_which_fits_best(void **state)
{
	static const char *const patterns[] = {"https://*.example.com/", "https://git.example.com",
					       "https://adele@git.example.com", "https://git.example.com/a",
					       "https://git.example.com/a/b"};
	struct url_fit last = {0};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
		struct url_fit fit;
		assert_true(git_url_fits(patterns[i], "https://adele@git.example.com/a/b/c", &fit));
		if (url_fit_compare(&last, &fit) >= 0 || url_fit_compare(&fit, &last) <= 0)
			fail_msg("%s does not fit better than the one before it", patterns[i]);
		last = fit;
	}
}

static void test_logins(void **state)
{
	static const struct {
		const char *url, *user, *password, *bare;
	} cases[] = {
		{"https://git.example.com/a", NULL, NULL, "https://git.example.com/a"},
		{"https://adele@git.example.com/a", "adele", NULL, "https://adele@git.example.com/a"},
		{"https://adele:pa%3Ass@git.example.com:1/a", "adele", "pa:ss",
		 "https://adele@git.example.com:1/a"},
		{"https://a:b@c@git.example.com/a", "a", "b@c", "https://a@git.example.com/a"},
		{"https://:token@git.example.com/a", NULL, "token", "https://@git.example.com/a"},
		{"https://a:100%@git.example.com/", "a", "100%", "https://a@git.example.com/"},
		{"git@git.example.com:a", NULL, NULL, "git@git.example.com:a"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena_freep) struct arena *tmp = arena_new();
		CLEANUP(secret_freep) struct secret *password = NULL;
		const char *user = NULL;
		bool has = git_url_login(cases[i].url, tmp, &user, &password);
		if (has != (cases[i].password != NULL) ||
		    (has && !str_eq(secret_expose(password), cases[i].password)))
			fail_msg("password of %s", cases[i].url);
		if (!str_eq(git_url_user(cases[i].url, tmp), cases[i].user))
			fail_msg("user of %s", cases[i].url);
		assert_string_equal(git_url_without_password(cases[i].url, tmp), cases[i].bare);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_fits),
					   cmocka_unit_test(test_which_fits_best),
					   cmocka_unit_test(test_logins)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
