"""Public clients of Graph against the twin: Microsoft's own libraries, unchanged, sign in over TLS and read.

They are installed from npm, pinned by tests/clients/package-lock.json; where node or npm or its registry is not
there, the tests are skipped with a word.
"""

import json
import os
import pathlib
import re
import ssl
import subprocess
import threading
import urllib.error
import urllib.request

import harness
import identity_providers as providers
import npm
from twin_case import CLIENT, SECRET, TENANT, TwinCase, document

CLIENTS = pathlib.Path(__file__).resolve().parent.parent / 'clients'


class PublicClients(TwinCase):

  def setUp(self):
    super().setUp()
    self.folder = npm.installed(CLIENTS, 'ask.js')
    if isinstance(self.folder, str):
      self.skipTest(self.folder)
    self.cert, self.key = providers.make_certificate(self.ws.dir, 'client')
    bundle = self.ws.dir / 'client.pem'
    bundle.write_text(self.cert.read_text() + self.key.read_text())
    doc = document()
    doc['tenants'][0]['clients'][0].update(certificate=self.cert.read_text())
    path = self.ws.dir / 'world.json'
    path.write_text(json.dumps(doc))
    authority = self.ws.dir / 'authority.pem'
    self.process = subprocess.Popen(
      [harness.BINARY, 'twin', str(path), '--https-port', '0', '--authority', str(authority)],
      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=harness.clean_env(), text=True)
    self.addCleanup(self.stop)
    self.plain = re.search(r'http://\S+', self.process.stdout.readline())[0]
    self.url = re.search(r'https://\S+', self.process.stdout.readline())[0]
    self.env = {'PATH': os.environ['PATH'], 'NODE_EXTRA_CA_CERTS': str(authority), 'TWIN_URL': self.url,
                'TENANT': TENANT, 'CLIENT': CLIENT, 'SECRET': SECRET, 'CERTIFICATE': str(bundle),
                'HOME': str(self.ws.dir), 'NO_PROXY': 'localhost,127.0.0.1'}
    self.authority = authority

  def stop(self):
    self.process.terminate()
    self.process.wait(15)
    self.process.stdout.close()

  def sign_in_person(self, message):
    code = re.search(r'enter the code (\w+)', message)[1]
    body = json.dumps({'user_code': code, 'tenant': TENANT, 'user': 'lee.gu@contoso.com'}).encode()
    with urllib.request.urlopen(urllib.request.Request(f'{self.plain}/twin/device', body), timeout=20):
      pass

  def ask(self, how):
    node = subprocess.Popen(['node', 'ask.js', how], cwd=self.folder.name, env=self.env, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    limit = threading.Timer(60, node.kill)
    limit.start()
    messages = []
    for line in node.stderr:
      messages.append(line)
      if 'enter the code' in line:
        self.sign_in_person(line)
    out = node.stdout.read()
    node.wait()
    limit.cancel()
    node.stdout.close()
    node.stderr.close()
    self.assertEqual(node.returncode, 0, ''.join(messages))
    return json.loads(out)

  def test_each_way_to_sign_in(self):
    whole = {'tenant': TENANT, 'users': 25}
    for how, more in (('secret', {}), ('certificate', {}), ('msal-secret', {}), ('device', {}),
                      ('msal-device', {'name': 'lee.gu@contoso.com', 'tenantOfAccount': TENANT})):
      with self.subTest(how):
        self.assertEqual(self.ask(how), {**whole, **more})


class Https(TwinCase):

  def test_the_address_that_the_client_used(self):
    self.start()
    path = f'/{TENANT}/v2.0/.well-known/openid-configuration'
    for headers, start in (({}, 'http://'), ({'X-Forwarded-Proto': 'https'}, 'https://')):
      _, _, text = self.client.raw('GET', path, headers=headers)
      self.assertTrue(json.loads(text)['token_endpoint'].startswith(start), text)

  def test_its_own_authority(self):
    path, authority = self.ws.dir / 'world.json', self.ws.dir / 'authority.pem'
    path.write_text(json.dumps(document()))
    process = subprocess.Popen(
      [harness.BINARY, 'twin', str(path), '--https-port', '0', '--authority', str(authority)],
      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=harness.clean_env(), text=True)
    try:
      process.stdout.readline()
      url = re.search(r'https://\S+', process.stdout.readline())[0]
      where = f'{url}/{TENANT}/v2.0/.well-known/openid-configuration'
      trusting = ssl.create_default_context(cafile=authority)
      opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting))
      with opener.open(where, timeout=20) as answer:
        self.assertEqual(json.load(answer)['issuer'], f'{url}/{TENANT}/v2.0')
      doubting = urllib.request.build_opener(urllib.request.ProxyHandler({}))
      with self.assertRaises(urllib.error.URLError):
        doubting.open(where, timeout=20)
    finally:
      process.terminate()
      process.wait(15)
      process.stdout.close()

  def test_one_without_the_other(self):
    path = self.ws.dir / 'world.json'
    path.write_text(json.dumps(document()))
    result = subprocess.run([harness.BINARY, 'twin', str(path), '--https-port', '8443'], capture_output=True, text=True,
                            env=harness.clean_env(), timeout=30)
    self.assertEqual((result.returncode, '--authority' in result.stderr), (harness.INVALID, True), result.stderr)


if __name__ == '__main__':
  harness.main()
