"""The customer of the sign-in tests, whose application signs in in one way or another."""

import contoso
import harness
import identity_providers as providers


class TestCase(harness.TestCase):

  def start(self, client=None, method=None, relation='none', partner=None, more_env=None, identities=()):
    """A twin whose client is `client`, and a repository whose policy names `method`, if anything."""
    document = contoso.document(users=12)
    document['identities'] = list(identities)
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

  def certificate(self, name='client', *more, **options):
    return providers.make_certificate(self.ws.dir, name, *more, **options)

  def token(self, twin, tenant=contoso.TENANT):
    form = (f'client_id={contoso.CLIENT}&client_secret={contoso.SECRET}&grant_type=client_credentials'
            '&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default').encode()
    status, answer = twin.request('POST', f'/{tenant}/oauth2/v2.0/token', form,
                                  {'Content-Type': 'application/x-www-form-urlencoded'})
    self.assertEqual(status, 200, answer)
    return answer['access_token']
