"""Signing in by what a pipeline or a machine of Azure is, end to end: the twin plays and checks all of them."""

import contoso
import harness
import identity_providers as providers
import signin

MANAGED = '9c8b7a65-4d3e-4f2a-8b1c-0d9e8f7a6b5c'
OIDC_SECRET = 'canary-oidc-request-Lp7-token'
IDENTITY_HEADER = 'canary-identity-Bn3-header'


class Identities(signin.TestCase):

  # Workload identity: the twin plays the pipelines too, and checks by the keys that it publishes.

  PIPELINES = [
    {'kind': 'github', 'secret': OIDC_SECRET, 'issuer': providers.ISSUER, 'subject': providers.SUBJECT},
    {'kind': 'azure-devops', 'secret': OIDC_SECRET, 'service_connection': MANAGED,
     'issuer': providers.DEVOPS_ISSUER, 'subject': providers.DEVOPS_SUBJECT}]

  def federated(self, **more):
    """A client that accepts what `key` signs as the issuer."""
    _, key = self.certificate('provider')
    public = providers.openssl('pkey', '-in', key, '-pubout').decode()
    row = {'issuer': providers.ISSUER, 'subject': providers.SUBJECT, 'key': public, **more}
    return key, self.start({'federated': [row]})

  def pipeline(self, **more):
    """A client that accepts what the twin itself signs as GitHub or Azure DevOps."""
    rows = [{'issuer': providers.ISSUER, 'subject': providers.SUBJECT, **more},
            {'issuer': providers.DEVOPS_ISSUER, 'subject': providers.DEVOPS_SUBJECT, **more}]
    return self.start({'federated': rows}, identities=self.PIPELINES)

  def github(self, twin, **more):
    return {'ACTIONS_ID_TOKEN_REQUEST_URL': f'{twin.url}/actions/token?api-version=2.0',
            'ACTIONS_ID_TOKEN_REQUEST_TOKEN': OIDC_SECRET, **more}

  def devops(self, twin, **more):
    return {'SYSTEM_OIDCREQUESTURI': f'{twin.url}/azure-devops/oidctoken', 'SYSTEM_ACCESSTOKEN': OIDC_SECRET,
            'AZURESUBSCRIPTION_SERVICE_CONNECTION_ID': MANAGED, **more}

  def test_federated_token_file(self):
    key, _ = self.federated()
    path = self.ws.dir / 'token'
    path.write_text(providers.assertion(key) + '\n')
    self.assertIn("method 'workload-identity'", self.plan(AZURE_FEDERATED_TOKEN_FILE=str(path)).err)
    entra = f'https://sts.windows.net/{contoso.TENANT}/'
    for text, words in (
        (providers.assertion(key, subject='repo:fabrikam/customers:pull_request'), ('AADSTS700213', 'pull_request')),
        (providers.assertion(key, subject=providers.SUBJECT.upper()), ('AADSTS7002138', 'upper and lower case')),
        (providers.assertion(key, issuer='https://gitlab.example'), ('AADSTS700211', 'gitlab.example')),
        (providers.assertion(key, issuer=entra), ('AADSTS700229', 'present the one of', 'sts.windows.net')),
        (providers.assertion(key, audience='https://github.com/fabrikam'), ('AADSTS700212',)),
        (providers.assertion(key, age_s=3600), ('AADSTS500133', 'clock is right')),
        (providers.assertion(key, age_s=-3600), ('AADSTS500133', 'clock is right')),
        (providers.assertion(key)[:-8] + 'AAAAAAAA', ('AADSTS50013',)),
        (providers.assertion(key, alg='none'), ('AADSTS50013',)),
        (providers.assertion(key, alg='PS256'), ('AADSTS50013',)),
        ('', ('is empty',)), ('two words', ('more than one word',)), ('not-a-token', ('AADSTS50027',))):
      with self.subTest(words):
        path.write_text(text)
        self.refused(*words, AZURE_FEDERATED_TOKEN_FILE=str(path))
    path.unlink()
    self.refused('AZURE_FEDERATED_TOKEN_FILE', AZURE_FEDERATED_TOKEN_FILE=str(path))
    self.scan()

  def test_no_federated_credential(self):
    _, key = self.certificate('provider')
    self.start({'secret': contoso.SECRET})
    path = self.ws.dir / 'token'
    path.write_text(providers.assertion(key))
    result = self.refused('AADSTS70021:', 'some minutes', AZURE_FEDERATED_TOKEN_FILE=str(path))
    self.assertIn(f"issuer '{providers.ISSUER}', subject '{providers.SUBJECT}'", result.err)

  def test_token_file_is_read_again_for_each_sign_in(self):
    """It is rotated: a run that renews its token half way has to present the new one."""
    key, twin = self.federated()
    path = self.ws.dir / 'token'
    path.write_text(providers.assertion(key))
    twin.control('settings', token_lifetime_s=1, latency_ms=400)
    process = self.ws.start('plan', 'contoso', '-v', env={'AZURE_FEDERATED_TOKEN_FILE': str(path)})
    self.assertTrue(harness.wait_until(lambda: twin.counters().get('tokens', 0) > 0))
    path.write_text(providers.assertion(key, subject='another'))
    result = self.ws.finish(process)
    self.assertEqual(result.status, harness.AUTH, result)
    self.assertIn("subject 'another'", result.err)

  def test_github_actions(self):
    twin = self.pipeline()
    self.assertIn('GitHub Actions', self.plan(**self.github(twin)).err)
    self.assertEqual(self.paths(twin)[1], '/actions/token?api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchange')
    self.plan(**self.github(twin, ACTIONS_ID_TOKEN_REQUEST_URL=f'{twin.url}/actions/token'))
    self.assertIn('/actions/token?audience=api%3A%2F%2FAzureADTokenExchange', self.paths(twin))
    self.refused('GitHub Actions gave no identity token: it answered 401', 'id-token: write',
                 **self.github(twin, ACTIONS_ID_TOKEN_REQUEST_TOKEN='canary-another-one'))
    self.refused('id-token: write', GITHUB_ACTIONS='true', AZURE_CLIENT_SECRET='', expect=harness.AUTH)
    for kind, words in (('503', 'answered 503'), ('html', 'answered 503'), ('malformed', 'no identity token')):
      with self.subTest(kind):
        twin.control('fault', kind=kind, match={'path': '/actions/token*', 'count': 0}, retry_after=3600)
        self.refused(words, **self.github(twin))
        twin.control('clear')
    self.scan(OIDC_SECRET, 'canary-another-one')

  def test_azure_devops(self):
    twin = self.pipeline()
    self.assertIn('Azure DevOps', self.plan(**self.devops(twin)).err)
    self.assertEqual(self.paths(twin)[1], f'/azure-devops/oidctoken?api-version=7.1&serviceConnectionId={MANAGED}')
    self.refused('answered 404', 'x-vss-e2eid', 'x-msedge-ref Ref A', 'names the service connection',
                 **self.devops(twin, AZURESUBSCRIPTION_SERVICE_CONNECTION_ID='another'))
    self.refused('answered 401', 'x-vss-e2eid', 'Map SYSTEM_ACCESSTOKEN',
                 **self.devops(twin, SYSTEM_ACCESSTOKEN='canary-another-one'))
    self.refused('In Azure DevOps, map SYSTEM_ACCESSTOKEN', SYSTEM_OIDCREQUESTURI=f'{twin.url}/azure-devops/oidctoken')
    self.scan(OIDC_SECRET, 'canary-another-one')

  def test_what_a_pipeline_says_has_to_match_to_the_letter(self):
    for wrong, words in (({'subject': providers.SUBJECT.replace('main', 'Main')}, ('AADSTS7002138',)),
                         ({'subject': 'repo:fabrikam/customers:environment:live'}, ('AADSTS700213', providers.SUBJECT)),
                         ({'issuer': 'https://gitlab.example'}, ('AADSTS700211', providers.ISSUER)),
                         ({'audience': 'api://another'}, ('AADSTS700212', 'api://AzureADTokenExchange')),
                         ({'key': providers.openssl('pkey', '-in', self.certificate('other')[1], '-pubout').decode()},
                          ('AADSTS50013',))):
      with self.subTest(wrong):
        row = {'issuer': providers.ISSUER, 'subject': providers.SUBJECT, **wrong}
        twin = self.start({'federated': [row]}, identities=self.PIPELINES)
        self.refused(*words, **self.github(twin))

  def test_only_a_published_key_counts(self):
    """Signed by somebody else, with the published key's name or with another."""
    _, key = self.certificate('provider')
    twin = self.pipeline()
    published = twin.request('GET', '/issuers/keys')[1]['keys'][0]
    path = self.ws.dir / 'token'
    for kid in (published['kid'], 'another'):
      path.write_text(providers.assertion(key, kid=kid))
      self.refused('AADSTS50013', AZURE_FEDERATED_TOKEN_FILE=str(path))
    status, answer = twin.request('GET', '/actions/token?audience=x', headers={'Authorization': f'Bearer {OIDC_SECRET}'})
    self.assertEqual(status, 200)
    self.assertTrue(providers.is_signed(answer['value'], published), 'by the published key')

  def test_gitlab(self):
    key, _ = self.federated()
    token = providers.assertion(key)
    self.plan(SEATSHIFT_ID_TOKEN=token)
    self.scan(token)

  # Managed identities, which the twin gives out as Azure does: everything as text.

  def managed(self, tenant=contoso.TENANT, kind='machine', **more):
    return {'kind': kind, 'tenant': tenant, 'client_id': contoso.CLIENT, 'object_id': MANAGED,
            'resource_id': '/subscriptions/1/identities/seatshift',
            **({'secret': IDENTITY_HEADER} if kind == 'app' else {}), **more}

  def on_machine(self, twin, **more):
    """Nothing but the way to it. A proxy that cannot be reached must not matter."""
    return {'AZURE_POD_IDENTITY_AUTHORITY_HOST': twin.url, 'HTTPS_PROXY': 'http://127.0.0.1:9',
            'http_proxy': 'http://127.0.0.1:9', 'ALL_PROXY': 'http://127.0.0.1:9', 'no_proxy': '', **more}

  def test_managed_identity_of_a_machine(self):
    twin = self.start(method='managed-identity', identities=[self.managed()])
    self.plan(**self.on_machine(twin))
    asked = [path for path in self.paths(twin) if path.startswith('/metadata')]
    self.assertEqual(asked, ['/metadata/identity/oauth2/token?api-version=2018-02-01&resource='
                             f'https%3A%2F%2Fgraph.microsoft.com&client_id={contoso.CLIENT}'])
    self.assertEqual(twin.counters()['tokens'], 1)
    self.refused('400 invalid_request: Identity not found', 'AZURE_CLIENT_ID',
                 **self.on_machine(twin, AZURE_CLIENT_ID=MANAGED))

  def test_managed_identity_that_is_not_ready(self):
    """404, 410, 429 and 5xx are asked again, after two seconds; what else is refused is told at once."""
    twin = self.start(method='managed-identity', identities=[self.managed()])
    for kind in ('404', '410', '429', '500', 'html', 'truncate'):
      with self.subTest(kind):
        twin.control('fault', kind=kind, match={'path': '/metadata/*'})
        words = 'did not answer' if kind == 'truncate' else f'answered {kind if kind != "html" else 503}'
        self.assertIn(f'the managed identity {words}; asking again in 2 s', self.plan(**self.on_machine(twin)).err)
    for kind in ('400', '403'):
      with self.subTest(kind):
        twin.control('clear')
        twin.control('fault', kind=kind, match={'path': '/metadata/*'})
        self.refused(f'gave no token: {kind}', 'identity is assigned', **self.on_machine(twin))
        self.assertEqual(len([path for path in self.paths(twin) if path.startswith('/metadata')]), 1)

  def test_managed_identities_are_chosen_by_client_id(self):
    other = self.managed(client_id=MANAGED)
    twin = self.start(method='managed-identity', identities=[self.managed(), other])
    self.refused('400 invalid_request: Multiple user assigned identities exist',
                 **self.on_machine(twin, AZURE_CLIENT_ID=''))
    self.plan(**self.on_machine(twin))
    twin = self.start(method='managed-identity', identities=[self.managed(system=True), other])
    self.plan(**self.on_machine(twin, AZURE_CLIENT_ID=''))

  def test_the_twins_metadata_service_is_as_strict_as_azures(self):
    twin = self.start(identities=[self.managed()])
    path = '/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fgraph.microsoft.com'
    metadata = {'Metadata': 'true'}
    status, answer = twin.request('GET', path, headers=metadata)
    self.assertEqual(status, 200)
    self.assertEqual({type(value) for value in answer.values()}, {str}, 'numbers are texts')
    self.assertEqual((answer['expires_in'], answer['refresh_token'], answer['token_type']), ('3599', '', 'Bearer'))
    for where, headers, error in ((path, {}, 'bad_request_102'), (path, {'Metadata': 'no'}, 'bad_request_102'),
                                  (path, {**metadata, 'X-Forwarded-For': '10.0.0.1'}, 'bad_request_102'),
                                  (path.replace('2018', '1999'), metadata, 'bad_request_102'),
                                  (path.replace('graph', 'vault'), metadata, 'invalid_resource'),
                                  (path + f'&client_id={contoso.PARTNER}', metadata, 'invalid_request'),
                                  (path + f'&object_id={contoso.PARTNER}', metadata, 'invalid_request'),
                                  (path + '&msi_res_id=%2Fnone', metadata, 'invalid_request')):
      with self.subTest(where=where, headers=headers):
        status, answer = twin.request('GET', where, headers=headers)
        self.assertEqual((status, answer['error']), (400, error))
    for selector in (f'client_id={contoso.CLIENT}', f'object_id={MANAGED}',
                     'msi_res_id=%2Fsubscriptions%2F1%2Fidentities%2Fseatshift'):
      self.assertEqual(twin.request('GET', f'{path}&{selector}', headers=metadata)[0], 200)

  def test_managed_identity_of_app_service(self):
    """It says when the token ends, not how long it lives."""
    twin = self.start(identities=[self.managed(kind='app')])
    app = {'IDENTITY_ENDPOINT': f'{twin.url}/msi/token', 'IDENTITY_HEADER': IDENTITY_HEADER,
           'HTTPS_PROXY': 'http://127.0.0.1:9', 'http_proxy': 'http://127.0.0.1:9', 'no_proxy': ''}
    self.assertIn("method 'managed-identity', the first whose", self.plan(**app).err)
    self.assertIn('api-version=2019-08-01', self.paths(twin)[1])
    self.assertEqual(twin.counters()['tokens'], 1)
    self.refused('gave no token: 401: The X-IDENTITY-HEADER is missing or wrong',
                 **{**app, 'IDENTITY_HEADER': 'canary-wrong-header'})
    self.refused('400: Identity not found', **{**app, 'AZURE_CLIENT_ID': MANAGED})
    self.ws.write('seatshift.yaml', 'version: 1\nauth: {method: managed-identity}\napprovals: {required: 0}\n')
    self.ws.git_commit('policy')
    self.refused('IDENTITY_HEADER is not', IDENTITY_ENDPOINT=app['IDENTITY_ENDPOINT'])
    self.scan(IDENTITY_HEADER, 'canary-wrong-header')

  def test_managed_identity_of_another_tenant(self):
    twin = self.start(method='managed-identity', identities=[self.managed(contoso.OTHER)])
    self.refused(contoso.OTHER, **self.on_machine(twin), expect=harness.WRONG_TENANT)
    self.assertEqual([path for path in self.paths(twin) if path.startswith('/v1.0')], [])


if __name__ == '__main__':
  harness.main()
