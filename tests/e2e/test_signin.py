"""Every way of signing in, end to end on the twin, and what is said when one fails."""

import os
import pty
import re
import select
import ssl
import time

import contoso
import harness
import identity_providers as providers

BASIC = {'id': contoso.CLIENT}
MANAGED = '9c8b7a65-4d3e-4f2a-8b1c-0d9e8f7a6b5c'
PASSPHRASE = 'canary-pass~Kx4.phrase'
OIDC_SECRET = 'canary-oidc-request-Lp7-token'
IDENTITY_HEADER = 'canary-identity-Bn3-header'


class SignIn(harness.TestCase):

  def start(self, client=None, method=None, relation='none', partner=None, more_env=None):
    """A twin whose client is `client`, and a repository whose policy names `method`, if anything."""
    document = contoso.document(users=12)
    row = document['tenants'][0]['clients'][0]
    if client is not None:
      row.clear()
      row.update({'client_id': contoso.CLIENT, 'roles': 'all', **client})
    document['tenants'][1].update(partner or {})
    twin = self.twin(document)
    contoso.set_up(self.ws, twin)
    auth = f'auth: {{method: {method}}}\n' if method else ''
    self.ws.write('seatshift.yaml', 'version: 1\n' + auth + 'approvals: {required: 0}\n'
                  f'partner: {{tenant: {contoso.PARTNER}, relation: {relation}}}\n')
    self.ws.git_commit('policy')
    self.ws.env = twin.env(AZURE_CLIENT_ID=contoso.CLIENT, CONTOSO_OPEN_KEY=contoso.KEY, **(more_env or {}))
    return twin

  def plan(self, expect=harness.OK, **env):
    return self.ws.run('plan', 'contoso', '-v', env=env, expect=expect)

  def refused(self, *words, expect=harness.AUTH, **env):
    result = self.plan(expect, **env)
    for word in words:
      self.assertIn(word, result.err)
    return result

  def paths(self, twin):
    return [entry['path'] for entry in twin.log()]

  def scan(self, *secrets, allowed=()):
    self.ws.scan(contoso.KEY, *secrets, allowed=('twin.json', *allowed))

  # Certificates.

  def certificate(self, name='client', *more, **options):
    return providers.make_certificate(self.ws.dir, name, *more, **options)

  def test_certificate(self):
    """PEM with key, two files, PKCS#12; each is verified by the twin as the service would."""
    cert, key = self.certificate()
    both = self.ws.dir / 'both.pem'
    both.write_text(key.read_text() + cert.read_text())
    bundle = self.ws.dir / 'client.p12'
    providers.openssl('pkcs12', '-export', '-inkey', key, '-in', cert, '-out', bundle,
                      '-passout', f'pass:{PASSPHRASE}')
    locked = self.ws.dir / 'locked.pem'
    providers.openssl('pkcs8', '-topk8', '-in', key, '-out', locked, '-passout', f'pass:{PASSPHRASE}')
    twin = self.start({'certificate': cert.read_text()})
    files = {
      'one PEM file': {'AZURE_CLIENT_CERTIFICATE_PATH': both},
      'two files': {'AZURE_CLIENT_CERTIFICATE_PATH': cert, 'SEATSHIFT_CERTIFICATE_KEY_PATH': key},
      'PKCS#12': {'AZURE_CLIENT_CERTIFICATE_PATH': bundle, 'AZURE_CLIENT_CERTIFICATE_PASSWORD': PASSPHRASE},
      'locked key': {'AZURE_CLIENT_CERTIFICATE_PATH': cert, 'SEATSHIFT_CERTIFICATE_KEY_PATH': locked,
                     'AZURE_CLIENT_CERTIFICATE_PASSWORD': PASSPHRASE},
    }
    for name, env in files.items():
      with self.subTest(name):
        result = self.plan(**{k: str(v) for k, v in env.items()})
        self.assertIn("method 'certificate', the first whose environment is complete", result.err)
    self.assertIn('/.well-known/', self.paths(twin)[0], 'discovery comes first')
    self.scan(PASSPHRASE, key.read_text().splitlines()[5], allowed=('client.key.pem', 'both.pem'))

  def test_certificate_refusals(self):
    cert, key = self.certificate()
    other, other_key = self.certificate('other')
    bundle = self.ws.dir / 'client.p12'
    providers.openssl('pkcs12', '-export', '-inkey', key, '-in', cert, '-out', bundle, '-passout', 'pass:right')
    curve = self.ws.dir / 'curve.pem'
    providers.openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                      '-keyout', curve, '-out', self.ws.dir / 'curve.crt', '-subj', '/CN=curve')
    (self.ws.dir / 'curve.pem').write_text(curve.read_text() + (self.ws.dir / 'curve.crt').read_text())
    twin = self.start({'certificate': cert.read_text()}, 'certificate')
    path, key_path = 'AZURE_CLIENT_CERTIFICATE_PATH', 'SEATSHIFT_CERTIFICATE_KEY_PATH'
    self.refused('AZURE_CLIENT_CERTIFICATE_PATH is not set')
    self.refused('No such file', **{path: '/nonexistent.pem'})
    self.refused('no private key', **{path: str(cert)})
    self.refused('does not belong to the certificate', **{path: str(cert), key_path: str(other_key)})
    self.refused('needs a passphrase', **{path: str(bundle)})
    self.refused('passphrase does not open', AZURE_CLIENT_CERTIFICATE_PASSWORD='wrong-one', **{path: str(bundle)})
    self.refused('not an RSA key', **{path: str(curve)})
    self.assertEqual(self.paths(twin), [], 'none of these needs the network')
    self.refused('AADSTS700027', 'not registered', 'trace_id', 'correlation_id',
                 **{path: str(other), key_path: str(other_key)})

  def test_clock(self):
    """The service's clock differs: told from its Date header, and as the reason of the refusal."""
    cert, key = self.certificate()
    twin = self.start({'certificate': cert.read_text()})
    twin.control('advance', ms=7200000)
    self.refused('AADSTS700024', 'behind the sign-in service', 'behind the service',
                 AZURE_CLIENT_CERTIFICATE_PATH=str(cert), SEATSHIFT_CERTIFICATE_KEY_PATH=str(key))

  # Workload identity.

  def federated(self, **more):
    _, key = self.certificate('provider')
    public = providers.openssl('pkey', '-in', key, '-pubout').decode()
    row = {'issuer': providers.ISSUER, 'subject': providers.SUBJECT, 'key': public, **more}
    return key, self.start({'federated': [row]})

  def test_federated_token_file(self):
    key, _ = self.federated()
    path = self.ws.dir / 'token'
    path.write_text(providers.assertion(key) + '\n')
    self.assertIn("method 'workload-identity'", self.plan(AZURE_FEDERATED_TOKEN_FILE=str(path)).err)
    for text, words in (
        (providers.assertion(key, subject='repo:fabrikam/customers:pull_request'), ('AADSTS700213', 'pull_request')),
        (providers.assertion(key, subject=providers.SUBJECT.upper()), ('AADSTS7002138', 'upper and lower case')),
        (providers.assertion(key, issuer='https://gitlab.example'), ('AADSTS700211', 'gitlab.example')),
        (providers.assertion(key, audience='https://github.com/fabrikam'), ('AADSTS700212',)),
        (providers.assertion(key, age_s=3600), ('AADSTS500133',)),
        (providers.assertion(key)[:-8] + 'AAAAAAAA', ('AADSTS50013',)),
        ('', ('is empty',)), ('two words', ('more than one word',)), ('not-a-token', ('AADSTS50027',))):
      with self.subTest(words):
        path.write_text(text)
        self.refused(*words, AZURE_FEDERATED_TOKEN_FILE=str(path))
    path.unlink()
    self.refused('AZURE_FEDERATED_TOKEN_FILE', AZURE_FEDERATED_TOKEN_FILE=str(path))
    self.scan()

  def server(self, routes):
    server = providers.Server(routes)
    self.addCleanup(server.close)
    return server

  def test_github_actions(self):
    key, _ = self.federated()
    server = self.server({'/token': lambda h, q: (
      (200, {'value': providers.assertion(key, audience=q.get('audience'))})
      if h.headers['Authorization'] == f'Bearer {OIDC_SECRET}' else (403, {}))})
    env = {'ACTIONS_ID_TOKEN_REQUEST_URL': f'{server.url}/token?api-version=2.0',
           'ACTIONS_ID_TOKEN_REQUEST_TOKEN': OIDC_SECRET}
    self.assertIn('GitHub Actions', self.plan(**env).err)
    self.assertEqual(server.seen[0][2], {'api-version': '2.0', 'audience': providers.AUDIENCE})
    self.refused('GitHub Actions gave no identity token', 'id-token: write',
                 **{**env, 'ACTIONS_ID_TOKEN_REQUEST_TOKEN': 'another-one'})
    self.scan(OIDC_SECRET)

  def test_azure_devops(self):
    key, _ = self.federated()
    server = self.server({'/oidc': lambda h, q: (
      (200, {'oidcToken': providers.assertion(key)}) if q.get('serviceConnectionId') == MANAGED else (401, {}))})
    env = {'SYSTEM_OIDCREQUESTURI': f'{server.url}/oidc', 'SYSTEM_ACCESSTOKEN': OIDC_SECRET,
           'AZURESUBSCRIPTION_SERVICE_CONNECTION_ID': MANAGED}
    self.assertIn('Azure DevOps', self.plan(**env).err)
    method, _, query, headers = server.seen[0]
    self.assertEqual((method, query['api-version']), ('POST', '7.1'))
    self.assertEqual(headers['X-TFS-FedAuthRedirect'], 'Suppress')
    self.refused('answered 401', 'x-vss-e2eid 7d3f',
                 **{**env, 'AZURESUBSCRIPTION_SERVICE_CONNECTION_ID': 'another'})
    self.scan(OIDC_SECRET)

  def test_gitlab(self):
    key, _ = self.federated()
    token = providers.assertion(key)
    self.plan(SEATSHIFT_ID_TOKEN=token)
    self.scan(token)

  # Managed identity and the Azure CLI: their tokens come from the twin by its own client.

  def token(self, twin, tenant=contoso.TENANT):
    form = (f'client_id={contoso.CLIENT}&client_secret={contoso.SECRET}&grant_type=client_credentials'
            '&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default').encode()
    status, answer = twin.request('POST', f'/{tenant}/oauth2/v2.0/token', form,
                                  {'Content-Type': 'application/x-www-form-urlencoded'})
    self.assertEqual(status, 200, answer)
    return answer['access_token']

  def managed(self, token, statuses):
    """Numbers as texts, as Azure gives them."""
    def answer(handler, query):
      status = statuses.pop(0) if statuses else 200
      good = handler.headers.get('Metadata') == 'true' or handler.headers.get('X-IDENTITY-HEADER') == IDENTITY_HEADER
      if status != 200 or not good or query.get('resource') != 'https://graph.microsoft.com':
        return (status if status != 200 else 400), {'error': 'invalid_request', 'error_description': 'no identity'}
      return 200, {'access_token': token, 'expires_in': '3599', 'expires_on': '1735689600', 'refresh_token': '',
                   'resource': query['resource'], 'token_type': 'Bearer'}
    return self.server({'/metadata/identity/oauth2/token': answer, '/msi/token': answer})

  def test_managed_identity(self):
    twin = self.start(method='managed-identity')
    server = self.managed(self.token(twin), [404])
    machine = {'AZURE_POD_IDENTITY_AUTHORITY_HOST': server.url, 'HTTPS_PROXY': 'http://127.0.0.1:9'}
    self.assertIn('asking again', self.plan(**machine).err)
    self.assertEqual(server.seen[-1][2]['api-version'], '2018-02-01')
    app = {'IDENTITY_ENDPOINT': f'{server.url}/msi/token', 'IDENTITY_HEADER': IDENTITY_HEADER}
    self.plan(**app)
    self.assertEqual(server.seen[-1][2]['api-version'], '2019-08-01')
    self.refused('400 invalid_request', 'no identity', **{**app, 'IDENTITY_HEADER': 'canary-wrong-header'})
    self.refused('IDENTITY_HEADER is not', IDENTITY_ENDPOINT=app['IDENTITY_ENDPOINT'])
    stranger = self.managed(self.token(twin, contoso.OTHER), [])
    self.refused(contoso.OTHER, AZURE_POD_IDENTITY_AUTHORITY_HOST=stranger.url, expect=harness.WRONG_TENANT)
    self.scan(IDENTITY_HEADER)

  def test_azure_cli(self):
    import json
    twin = self.start(method='azure-cli', more_env={'AZURE_CLIENT_SECRET': contoso.SECRET})
    tools = self.ws.dir / 'tools'
    path = f'{tools}:/usr/bin:/bin'
    providers.write_az(tools, json.dumps({'accessToken': self.token(twin), 'expires_on': int(time.time()) + 3600}))
    self.plan(PATH=path)
    args = (tools / 'args.txt').read_text().split()
    self.assertEqual(args, ['account', 'get-access-token', '--tenant', contoso.TENANT, '--scope',
                            'https://graph.microsoft.com/.default', '--output', 'json'])
    names = {line.split('=')[0] for line in (tools / 'env.txt').read_text().splitlines()}
    self.assertFalse({name for name in names if 'SECRET' in name or 'KEY' in name}, 'no secret is passed on')
    (tools / 'answer.json').write_text("ERROR: Please run 'az login' to setup account.\n")
    self.refused("Please run 'az login'", f'az login --tenant {contoso.TENANT}', PATH=path)
    (tools / 'answer.json').write_text(f"ERROR: az login failed with {contoso.SECRET}\n")
    self.refused('failed with <redacted>', PATH=path)
    (tools / 'answer.json').unlink()
    self.refused("no 'az' in PATH", PATH='/nonexistent')
    self.scan(contoso.SECRET)

  # Device codes.

  def at_terminal(self, *args):
    """Starts seatshift with stderr on a terminal: (process, its end of the terminal)."""
    import subprocess
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
      [harness.BINARY, *args], cwd=self.ws.repo, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs,
      env=harness.clean_env(self.ws.env, self.ws.home))
    os.close(theirs)
    self.addCleanup(os.close, ours)
    return process, ours

  def read_until(self, fd, pattern):
    text, end = '', time.monotonic() + 60
    while time.monotonic() < end and not re.search(pattern, text):
      if select.select([fd], [], [], 1)[0]:
        text += os.read(fd, 65536).decode(errors='replace')
    found = re.search(pattern, text)
    self.assertTrue(found, text)
    return found, text

  def end(self, process, fd, expect):
    text = ''
    out, _ = process.communicate(timeout=harness.TIMEOUT_S)
    while select.select([fd], [], [], 0.2)[0]:
      try:
        text += os.read(fd, 65536).decode(errors='replace')
      except OSError:
        break
    self.ws.record('stdout', out)
    self.ws.record('terminal', text)
    self.assertEqual(process.returncode, expect, text)
    return text

  def test_device_code(self):
    twin = self.start({'public': True}, 'device-code')
    self.refused('needs a person at a terminal')
    for play, expect, word in (
        ({'tenant': contoso.TENANT, 'user': 'adele.vance@contoso.com'}, harness.OK, ''),
        ({'tenant': contoso.OTHER, 'user': 'patti.fernandez@litware.com'}, harness.WRONG_TENANT, contoso.OTHER),
        ({'decline': True}, harness.AUTH, 'declined')):
      with self.subTest(play):
        process, fd = self.at_terminal('plan', 'contoso')
        found, text = self.read_until(fd, r'enter the code (\S+)')
        self.assertIn(contoso.TENANT, text)
        twin.control('device', user_code=found[1], **play)
        self.assertIn(word, self.end(process, fd, expect))
    self.scan()

  def test_device_code_is_renewed_without_asking_again(self):
    twin = self.start({'public': True}, 'device-code')
    twin.control('settings', token_lifetime_s=1)
    process, fd = self.at_terminal('plan', 'contoso')
    found, _ = self.read_until(fd, r'enter the code (\S+)')
    twin.control('settings', latency_ms=400)
    twin.control('device', user_code=found[1], tenant=contoso.TENANT, user='adele.vance@contoso.com')
    text = self.end(process, fd, harness.OK)
    self.assertNotIn('enter the code', text)
    asked = [path for path in self.paths(twin) if path.endswith('/devicecode')]
    self.assertEqual(len(asked), 1)
    self.assertGreater(twin.counters()['tokens'], 1)
    self.ws.scan('1.AVwin-refresh-')

  # What is checked before and after.

  def secret(self, twin_env=None, **client):
    return self.start({'secret': contoso.SECRET, **client}, more_env={'AZURE_CLIENT_SECRET': contoso.SECRET})

  def test_discovery_comes_before_any_credential(self):
    twin = self.secret()
    for domain, words in (('litware.onmicrosoft.com', (contoso.OTHER, contoso.TENANT)),
                          ('nowhere.example', ('no tenant of this cloud', contoso.TENANT))):
      self.ws.write('customers/contoso.yaml', contoso.customer(domain=domain))
      asked = len(twin.log())
      self.refused(*words, 'No credential was used', expect=harness.WRONG_TENANT)
      self.assertEqual([path for path in self.paths(twin)[asked:] if '/.well-known/' not in path], [])

  def test_discovery_that_cannot_be_had(self):
    """Something between that answers 404: said with -v, and the organisation decides."""
    twin = self.secret()
    twin.control('fault', kind='404', match={'path': '*/.well-known/*'})
    self.assertIn('going on', self.plan().err)

  def test_missing_permissions(self):
    twin = self.secret(roles=['Organization.Read.All'])
    result = self.refused('User.Read.All', "Read all users' full profiles",
                          f'{contoso.TENANT}/adminconsent?client_id={contoso.CLIENT}')
    self.assertNotIn('Organization.Read.All', result.err)
    self.assertEqual([path for path in self.paths(twin) if path.startswith('/v1.0')], [])

  def test_missing_write_permission_is_told_before_the_first_write(self):
    twin = self.secret(roles=['Directory.Read.All', 'GroupMember.Read.All'])
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', contoso.SEATS_OPEN)
    result = self.ws.run('apply', plan['id'], '--yes')
    self.assertEqual(result.status, harness.AUTH, result)
    self.assertIn('adminconsent', result.err)
    self.assertEqual(twin.writes(), 0)

  def test_a_gateway_is_not_the_sign_in_service(self):
    twin = self.secret()
    twin.control('fault', kind='403', match={'path': '*/oauth2/v2.0/token'})
    self.refused('403')

  def test_claims_challenge(self):
    twin = self.secret()
    claims = {'access_token': {'nbf': {'essential': True, 'value': '1604106651'}}}
    twin.control('challenge', tenant=contoso.TENANT, claims=claims)
    self.assertIn('claims challenge', self.plan().err)
    self.refused('stronger or newer sign-in', SEATSHIFT_ACCESS_TOKEN=self.token(twin))

  def test_certificate_authority_trouble_is_not_a_sign_in_problem(self):
    """A server whose certificate nobody vouches for: nothing is sent, and the hint is about that."""
    cert, key = self.certificate('127.0.0.1')
    server = providers.Server({})
    self.addCleanup(server.close)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.http.socket = context.wrap_socket(server.http.socket, server_side=True)
    self.secret()
    self.refused('no answer from', 'CURL_CA_BUNDLE', expect=harness.ERROR,
                 SEATSHIFT_LOGIN_URL=server.url.replace('http:', 'https:'))
    self.assertEqual(server.seen, [])

  def test_partner(self):
    """Inviting the customer comes first; it is done when the partner's own tenant shows the relation."""
    secret = {'AZURE_CLIENT_SECRET': contoso.SECRET}
    self.start({'secret': contoso.SECRET}, relation='required', more_env=secret)
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertEqual(plan['actions'][0]['kind'], 'add-partner')
    waiting = self.ws.run_json('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.assertEqual({row['kind']: row['outcome'] for row in waiting['actions']}['add-partner'], 'waiting')
    document = contoso.document(users=12)
    document['tenants'][0]['clients'] = [{'client_id': contoso.CLIENT, 'secret': contoso.SECRET, 'roles': 'all'}]
    document['tenants'][1]['gdap'] = [{'customer': contoso.TENANT, 'ends': '2027-06-01T00:00:00Z'}]
    self.ws.env.update(self.twin(document).env())
    waiting = self.ws.run_json('apply', plan['id'], '--yes', expect=harness.WAITING)
    outcomes = {row['kind']: row['outcome'] for row in waiting['actions']}
    self.assertIn(outcomes['add-partner'], ('verified', 'already'))
    self.assertEqual(outcomes['redeem-key'], 'waiting')

  def test_partner_is_there(self):
    self.start({'secret': contoso.SECRET, 'roles': 'all'},
               relation='required',
               partner={'contracts': [{'customer': contoso.TENANT, 'name': 'Contoso Ltd'}],
                        'gdap': [{'customer': contoso.TENANT, 'ends': '2027-06-01T00:00:00Z'}]},
               more_env={'AZURE_CLIENT_SECRET': contoso.SECRET})
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertNotIn('add-partner', {action['kind'] for action in plan['actions']})


if __name__ == '__main__':
  harness.main()
