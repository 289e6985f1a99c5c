"""The customer of the sign-in tests, whose application signs in in one way or another."""

import os
import re
import select

import contoso
import harness
import identity_providers as providers


def client_credentials():
  """The form by which somebody else signs in with the client's secret."""
  return (f'client_id={contoso.CLIENT}&client_secret={contoso.SECRET}&grant_type=client_credentials'
          '&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default').encode()


class TestCase(harness.TestCase):

  def fresh(self):
    """Another workspace, with nothing of the one before."""
    self.ws = harness.Workspace()
    self.addCleanup(self.ws.close)

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

  patience = '2m'  # what a reading command has by itself; less where a test waits for its end

  def plan(self, expect=harness.OK, **env):
    return self.ws.run('plan', 'contoso', '-v', '--deadline', self.patience, env=env, expect=expect)

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
    status, answer = twin.request('POST', f'/{tenant}/oauth2/v2.0/token', client_credentials(),
                                  {'Content-Type': 'application/x-www-form-urlencoded'})
    self.assertEqual(status, 200, answer)
    return answer['access_token']

  # A person at a terminal.

  def at_terminal(self, *args, env=None, under=()):
    """Starts seatshift with stderr on a terminal: (process, its end of the terminal). `under`: a tracer's command."""
    process, ours = self.ws.at_terminal(*args, env=env, under=under)
    self.addCleanup(os.close, ours)
    return process, ours

  def read_until(self, fd, pattern):
    """What matches, and all that was read: a blank stands for the end of a line too, which may be anywhere."""
    pattern = re.compile(pattern.replace(' ', r'\s+'))
    text = harness.read_terminal(fd, pattern.search, 60)
    found = pattern.search(text)
    self.assertTrue(found, text)
    return found, text

  def end(self, process, fd, expect=None):
    text = ''
    out, _ = process.communicate(timeout=harness.TIMEOUT_S)
    while select.select([fd], [], [], 0.2)[0]:
      try:
        text += os.read(fd, 65536).decode(errors='replace')
      except OSError:
        break
    self.ws.record('stdout', out)
    self.ws.record('terminal', text)
    if expect is not None:
      self.assertEqual(process.returncode, expect, text)
    return out.decode() + text
