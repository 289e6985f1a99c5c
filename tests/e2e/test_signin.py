"""Every way of signing in, end to end on the twin, and what is said when one fails."""

import json
import ssl
import time
import urllib.parse

import contoso
import harness
import identity_providers as providers
import signin

PASSPHRASE = 'canary-pass~Kx4.phrase'


class SignIn(signin.TestCase):

  # Certificates.

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

  def test_the_twin_checks_assertions_as_the_service_does(self):
    """Made here, by another program's crypto: accepted once as it should be, refused for each thing that is wrong."""
    cert, key = self.certificate()
    other_cert, other_key = self.certificate('other')
    twin = self.start({'certificate': cert.read_text()})
    audience = f'{twin.url}/{contoso.TENANT}/oauth2/v2.0/token'
    now = int(time.time())

    def ask(cert=cert, key=key, audience=audience, **changes):
      form = {'client_id': contoso.CLIENT, 'scope': 'https://graph.microsoft.com/.default',
              'grant_type': 'client_credentials',
              'client_assertion_type': 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
              'client_assertion': providers.own_assertion(cert, key, contoso.CLIENT, audience, **changes)}
      status, answer = twin.request('POST', f'/{contoso.TENANT}/oauth2/v2.0/token', urllib.parse.urlencode(form).encode(),
                                    {'Content-Type': 'application/x-www-form-urlencoded'})
      return 200 if status == 200 else answer['error_codes'][0]

    self.assertEqual(ask(), 200)
    older = {'alg': 'RS256', 'x5t': providers.older_thumbprint(cert)}
    self.assertEqual(ask(header=older, pss=False), 200, 'as libraries of before 2024 sign')
    for name, changes, number in (
        ('the older algorithm, signed the newer way', {'header': older}, 700027),
        ('the older thumbprint alone', {'header': {'x5t': older['x5t'], 'x5t#S256': None}}, 700027),
        ('the older algorithm beside the newer thumbprint', {'header': {'alg': 'RS256'}, 'pss': False}, 700027),
        ('signed the old way', {'pss': False}, 700027),
        ('no algorithm', {'header': {'alg': 'none'}}, 50027), ('another type', {'header': {'typ': 'at+jwt'}}, 50027),
        ('another thumbprint', {'cert': other_cert}, 700027), ('another key', {'key': other_key}, 700027),
        ('unregistered', {'cert': other_cert, 'key': other_key}, 700027),
        ('another authority', {'audience': audience.replace(contoso.TENANT, contoso.OTHER)}, 700023),
        ('no id', {'claims': {'jti': ''}}, 50027), ('another subject', {'claims': {'sub': contoso.OTHER}}, 50048),
        ('too early', {'claims': {'nbf': now + 900, 'exp': now + 1500}}, 700024),
        ('too late', {'claims': {'nbf': now - 1500, 'exp': now - 900}}, 700024),
        ('no end', {'claims': {'exp': None}}, 700024)):
      with self.subTest(name):
        self.assertEqual(ask(**changes), number)
    self.assertEqual(ask(claims={'jti': 'once'}), 200)
    self.assertEqual(ask(claims={'jti': 'once'}), 50013, 'each is good for one use')

  def test_certificate_and_an_answer_that_was_lost(self):
    """The service has accepted the assertion: the next try needs another."""
    cert, key = self.certificate(days=10)
    twin = self.start({'certificate': cert.read_text()})
    twin.control('fault', kind='truncate', match={'path': '*/oauth2/v2.0/token'})
    result = self.plan(AZURE_CLIENT_CERTIFICATE_PATH=str(cert), SEATSHIFT_CERTIFICATE_KEY_PATH=str(key))
    self.assertEqual(twin.counters()['tokens'], 2)
    self.assertIn('expires in 9 days: register a new one', result.err)

  def test_certificate_that_has_expired(self):
    _, key = self.certificate()
    cert = self.ws.dir / 'expired.pem'
    request = providers.openssl('req', '-new', '-key', key, '-subj', '/CN=expired')
    cert.write_bytes(providers.openssl('x509', '-req', '-signkey', key, '-days', '-1', stdin=request))
    twin = self.start({'certificate': cert.read_text()})
    self.refused('expired on 20', 'Make a new certificate', AZURE_CLIENT_CERTIFICATE_PATH=str(cert),
                 SEATSHIFT_CERTIFICATE_KEY_PATH=str(key))
    self.assertEqual(self.paths(twin), [])

  def test_clock(self):
    """The service's clock differs: told from its Date header, and as the reason of the refusal."""
    cert, key = self.certificate()
    twin = self.start({'certificate': cert.read_text()})
    twin.control('advance', ms=7200000)
    self.refused('AADSTS700024', 'behind the sign-in service', 'behind the service',
                 AZURE_CLIENT_CERTIFICATE_PATH=str(cert), SEATSHIFT_CERTIFICATE_KEY_PATH=str(key))

  def test_azure_cli(self):
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

  def test_nothing_is_asked_of_a_tenant_that_has_another_domain(self):
    twin = self.secret()
    for domain, words in (('litware.onmicrosoft.com', (contoso.OTHER, contoso.TENANT)),
                          ('nowhere.example', ('no tenant of this cloud', contoso.TENANT))):
      self.ws.write('customers/contoso.yaml', contoso.customer(domain=domain))
      asked = len(twin.log())
      self.refused(*words, 'Nothing was sent to Graph', expect=harness.WRONG_TENANT)
      own = ('/.well-known/', f'/{contoso.TENANT}/oauth2/')  # of the tenant that the file names, and of nobody else
      self.assertEqual([path for path in self.paths(twin)[asked:] if not any(part in path for part in own)], [])

  def test_discovery_that_cannot_be_had(self):
    """Something between that answers 404: said with -v, and the organisation decides."""
    twin = self.secret()
    twin.control('fault', kind='404', match={'path': '*/.well-known/*'})
    self.assertIn('continuing', self.plan().err)

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
    document['tenants'][1]['gdap'] = [{'customer': contoso.TENANT, 'ends': contoso.time(184)}]
    self.ws.env.update(self.twin(document).env())
    waiting = self.ws.run_json('apply', plan['id'], '--yes', expect=harness.WAITING)
    outcomes = {row['kind']: row['outcome'] for row in waiting['actions']}
    self.assertIn(outcomes['add-partner'], ('verified', 'already'))
    self.assertEqual(outcomes['redeem-key'], 'waiting')

  def test_partner_is_there(self):
    self.start({'secret': contoso.SECRET, 'roles': 'all'},
               relation='required',
               partner={'contracts': [{'customer': contoso.TENANT, 'name': 'Contoso Ltd'}],
                        'gdap': [{'customer': contoso.TENANT, 'ends': contoso.time(184)}]},
               more_env={'AZURE_CLIENT_SECRET': contoso.SECRET})
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertNotIn('add-partner', {action['kind'] for action in plan['actions']})


if __name__ == '__main__':
  harness.main()
