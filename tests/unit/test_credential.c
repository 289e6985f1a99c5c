/* Secrets by their form: found wherever they stand in a text, and innocent texts are left alone. */
#include "core/credential.h"

#include "core/file.h"
#include "core/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* None of them opens anything. */
static const char *const secrets[] = {
	"Abc8Q~dEfGhIjKlMnOpQrStUvWxYz0123456789ab",
	"secret=1_~7Q~aaaaaaaaaabbbbbbbbbbccccccccccd.-_,",
	"eyJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiI4ZjNjMWQ1ZSJ9.c2lnbmF0dXJl",
	"(eyJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiI4ZjNjMWQ1ZSJ9)",
	"ghp_0123456789abcdefghijABCDEFGHIJ012345",
	"github_pat_11ABCDEFG0123456789_abcdefghijklmnop",
	"glpat-0123456789abcdefghij",
	"Authorization: Bearer 0123456789abcdefghijklmnop",
	"AccountName=x;AccountKey=abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ==;",
	"https://x.example/c?sv=2024&sig=abcdefghijklmnop%2Bqrst0123456789%3D",
	"-----BEGIN PRIVATE KEY-----",
	"-----BEGIN OPENSSH PRIVATE KEY----- b3Bl",
	"https://adele:hunter22@x.example/y",
	"http:/adele:hunter22@x.example",
	"//:hunter22@x.example",
	"https://0123456789abcdefghij@github.example/x",
	"password: Summer2026!",
	"The password is 'Summer2026!'.",
	"AZURE_CLIENT_SECRET=0123456789abcdef",
	"\"client_secret\": \"0123456789abcdef\"",
	"client secret = 0123456789abcdef",
	"Passwort : Sommer2026",
	"pwd=abcdefg1",
	"access token: 0123456789abcdef",
	"password=>Summer2026",
	"The password is: Summer2026!",
	"PASSWORD IS Summer2026!",
	"password was Summer2026!",
	"Das Passwort lautet Sommer2026!",
	"password (admin): Summer2026!",
	"password for admin@contoso.com: Summer2026!",
	"the password for admin@contoso.com is Summer2026!",
	"PW: Summer2026!",
	"admin_pw=Summer2026!",
	"login adele pass: Summer2026!",
	"authorization: bearer 0123456789abcdefghijklmnop",
	"accountname=x;accountkey=abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ==;",
	"AccountKey = abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ==",
	"Authorization: Basic YWRlbGU6aHVudGVyMjI=",
	"password: http2026Summer",
	"password: $Summer2026",
	"password: %Summer2026!",
	"password: (Summer2026!)",
	"https://adele:%Summer2026@x.example/y",
	"password: summer-2026",
	"password: November2026",
	"password: Summer/2026",
	"secret: a.b-c~0123456789.ABCDEFGHIJ-klmnopq_rs",
	"secret: abC1/dEf2/+gHi3/jKl4==",
};

static const char *const innocent[] = {
	"the password is in the vault under item 12345",
	"client secret: in the vault",
	"password: ${CONTOSO_PASSWORD_2026}",
	"password: https://vault.example/secrets/contoso1",
	"AZURE_CLIENT_SECRET=…",
	"method: client-secret\n  client_id: 5b1f0c7e-2d4a-4b8e-a6c9-7e3d1f2a9b84",
	"mailto:jane@contoso.com, cc:adele01@contoso.com",
	"https://teams.microsoft.com/l/message/19:0123456789abcdef@thread.tacv2/1",
	"https://medium.com/@adele/seats-2026",
	"ssh://git@github.com/contoso/moves.git",
	"git@github.com:contoso/moves.git",
	"https://***@github.com/x",
	"https://adele:***@github.com/x",
	"password=********",
	"-----BEGIN CERTIFICATE-----",
	"key: {env: CONTOSO_OPEN_KEY, ends_in: 7QX2K}",
	"design=0123456789abcdefghijklmnop",
	"the token is valid until 2026-12-01",
	"secret santa: 2026-12-06 at 5pm",
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl adele@contoso.com",
	"3Q~ and 8Q~ are in the middle",
	"Maria (reset of password: INC0045123)",
	"reset of password: chg#0045123, RITM-0012345",
	"note: \"New client secret: 30-Nov-2026 is when it runs out\"",
	"secret: 30/Nov/2026 12:00, 1.Dez.2026",
	"Token: 2026-11-30T10:15:00Z was when it expired",
	"Token: 2026-11-30T10:15:00.1234567+01:00 was when it expired",
	"\"Deletion of secret: AAD-1234-5678\"",
	"the secret was CONTOSO-4711",
	"The secret is MS-900-related",
	"# the client secret: kv-contoso-2026 in Key Vault",
	"# the client secret: kv-prod01-contoso.vault.azure.net",
	"secret: projects/4711/secrets/contoso",
	"pwd = /home/jane/2026/contoso",
	"pwd = /home/jane2026/Contoso/moves-2026.d",
	"pwd = C:\\Users\\jane\\2026",
	"password: op://vault/contoso/2026",
	"https://jane.contractor.2026@bitbucket.org/x",
	"https://Jane.Contractor2026@bitbucket.org/x",
	"password: $CONTOSO_PASSWORD_2026",
	"password: $env:CONTOSO_PASSWORD_2026",
	"password: %CONTOSO_PASSWORD_2026%",
	"password: <contoso2026>",
	"password (admin): see INC0045123",
	"the secret for contoso: 7d1f3a90-4b7c-4d2e-9f1a-2b3c4d5e6f70",
	"PASS: test_credential01",
	"compass: Contoso2026",
	"boarding pass: LH4711AB",
	"bearer of contoso-partner-services-2026",
	"bearer contoso-partner-services-2026",
	"",
};

static void test_secrets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
		struct credential found;
		CLEANUP(mem_free_text) char *among = mem_printf("case 4711, %s and more", secrets[i]);
		if (!credential_find(secrets[i], strlen(secrets[i]), 0, &found))
			fail_msg("not found: %s", secrets[i]);
		assert_true(found.at + found.len <= strlen(secrets[i]) && found.what);
		assert_true(credential_find(among, strlen(among), 0, &found));
		credential_mask(among);
		assert_false(credential_find(among, strlen(among), 0, &found));
		assert_null(strstr(among, "hunter22"));
		assert_null(strstr(among, "2026"));
		assert_null(strstr(among, "0123456789"));
		assert_int_equal(strlen(among), strlen(secrets[i]) + strlen("case 4711,  and more"));
	}
}

static void check_innocent(const char *text)
{
	struct credential found;
	if (credential_find(text, strlen(text), 0, &found))
		fail_msg("taken for %s: %s", found.what, text);
}

static void test_innocent(void **state)
{
	(void)state;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct error err = ERROR_INIT;
	struct bytes text;
	for (size_t i = 0; i < ARRAY_LEN(innocent); i++)
		check_innocent(innocent[i]);
	assert_true(file_read(getenv("INNOCENT_TEXTS"), 1 << 20, arena, &text, &err));
	for (const char *line = text.ptr; *line;) {
		size_t len = strcspn(line, "\n");
		check_innocent(arena_strndup(arena, line, len));
		line += len + (line[len] == '\n');
	}
}

static void test_several(void **state)
{
	(void)state;
	char text[] = "first https://a:hunter22@x.example then password: Summer2026 end";
	credential_mask(text);
	assert_string_equal(text, "first https://**********@x.example then password: ********** end");
	char within[] = "pw=(was<bearer 0123456789abcdefghijK:INC0045123";
	credential_mask(within);
	assert_null(strpbrk(within, "0123456789"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_secrets), cmocka_unit_test(test_innocent),
					   cmocka_unit_test(test_several)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
