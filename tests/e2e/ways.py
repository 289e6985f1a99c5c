"""The ways of signing in, one after the other, for what has to hold for each: renewal, and that no secret gets out.

Each row sets up a twin that knows the way, and has in its environment the canaries of all the others too.
"""

import dataclasses
import re
import shlex
import sys
import textwrap

import contoso
import harness
import identity_providers as providers
import signin

PASSPHRASE = 'canary-pass~Kx4.phrase'
OIDC_SECRET = 'canary-oidc-request-Lp7-token'
IDENTITY_HEADER = 'canary-identity-Bn3-header'
MANAGED = '9c8b7a65-4d3e-4f2a-8b1c-0d9e8f7a6b5c'

# Held by every process below, whether its way of signing in uses it or not.
CANARIES = {
  'AZURE_CLIENT_SECRET': contoso.SECRET, 'AZURE_CLIENT_CERTIFICATE_PASSWORD': PASSPHRASE,
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN': OIDC_SECRET, 'SYSTEM_ACCESSTOKEN': 'canary-devops-Yx6-token',
  'IDENTITY_HEADER': IDENTITY_HEADER,
}
# Beside the tokens, which harness.TOKEN finds: what the twin calls its refresh tokens.
REFRESH = '1.AVwin-refresh-'

AZ = '''\
  import json, time, urllib.parse, urllib.request
  form = {form!r}
  answer = json.load(urllib.request.build_opener(urllib.request.ProxyHandler({{}})).open({url!r}, form, timeout=30))
  print(json.dumps({{'accessToken': answer['access_token'], 'expires_on': int(time.time()) + answer['expires_in']}}))
  '''


@dataclasses.dataclass
class Way:
  """One row: the twin, what the environment holds beside the canaries, and what the method can do."""
  name: str
  twin: harness.Twin
  env: dict
  secrets: list = dataclasses.field(default_factory=list)
  allowed: list = dataclasses.field(default_factory=list)  # files that hold a secret on purpose
  renews: bool = True
  answers: bool = True  # a claims challenge
  person: bool = False


class TestCase(signin.TestCase):

  def way(self, name, method, client=None, env=None, **more):
    identities = more.pop('identities', ())
    twin = self.start({'roles': 'all', **(client or {'secret': contoso.SECRET})}, method, identities=identities,
                      more_env=CANARIES)
    return Way(name, twin, {key: str(value).replace('TWIN', twin.url) for key, value in (env or {}).items()}, **more)

  def client_secret(self):
    return self.way('client secret', 'client-secret')

  def certificate_file(self):
    cert, key = self.certificate()
    bundle = self.ws.dir / 'client.p12'
    providers.openssl('pkcs12', '-export', '-inkey', key, '-in', cert, '-out', bundle, '-passout', f'pass:{PASSPHRASE}')
    return self.way('certificate', 'certificate', {'certificate': cert.read_text()},
                    {'AZURE_CLIENT_CERTIFICATE_PATH': bundle}, secrets=key.read_text().splitlines()[3:7],
                    allowed=['client.key.pem'])

  def locked_key(self):
    cert, key = self.certificate()
    locked = self.ws.dir / 'locked.pem'
    providers.openssl('pkcs8', '-topk8', '-in', key, '-out', locked, '-passout', f'pass:{PASSPHRASE}')
    return self.way('certificate, locked key', 'certificate', {'certificate': cert.read_text()},
                    {'AZURE_CLIENT_CERTIFICATE_PATH': cert, 'SEATSHIFT_CERTIFICATE_KEY_PATH': locked},
                    secrets=key.read_text().splitlines()[3:7], allowed=['client.key.pem'])

  def federated(self):
    _, key = self.certificate('provider')
    public = providers.openssl('pkey', '-in', key, '-pubout').decode()
    return ({'federated': [{'issuer': providers.ISSUER, 'subject': providers.SUBJECT, 'key': public}]},
            providers.assertion(key))

  def token_file(self):
    client, assertion = self.federated()
    path = self.ws.dir / 'token'
    path.write_text(assertion)
    return self.way('token file', 'workload-identity', client, {'AZURE_FEDERATED_TOKEN_FILE': path}, secrets=[assertion],
                    allowed=['token'])

  def gitlab(self):
    client, assertion = self.federated()
    return self.way('GitLab', 'workload-identity', client, {'SEATSHIFT_ID_TOKEN': assertion}, secrets=[assertion])

  def github(self):
    row = {'issuer': providers.ISSUER, 'subject': providers.SUBJECT}
    return self.way('GitHub Actions', 'workload-identity', {'federated': [row]},
                    {'ACTIONS_ID_TOKEN_REQUEST_URL': 'TWIN/actions/token?v=1'},
                    identities=[{'kind': 'github', 'secret': OIDC_SECRET, **row}])

  def devops(self):
    row = {'issuer': providers.DEVOPS_ISSUER, 'subject': providers.DEVOPS_SUBJECT}
    return self.way('Azure DevOps', 'workload-identity', {'federated': [row]},
                    {'SYSTEM_OIDCREQUESTURI': 'TWIN/azure-devops/oidctoken',
                     'AZURESUBSCRIPTION_SERVICE_CONNECTION_ID': MANAGED},
                    identities=[{'kind': 'azure-devops', 'secret': CANARIES['SYSTEM_ACCESSTOKEN'],
                                 'service_connection': MANAGED, **row}])

  def machine(self):
    return self.way('machine', 'managed-identity', None,
                    {'AZURE_POD_IDENTITY_AUTHORITY_HOST': 'TWIN', 'IDENTITY_HEADER': ''},
                    identities=[self.managed('machine')], answers=False)

  def app_service(self):
    return self.way('App Service', 'managed-identity', None, {'IDENTITY_ENDPOINT': 'TWIN/msi/token'},
                    identities=[self.managed('app', secret=IDENTITY_HEADER)], answers=False)

  def managed(self, kind, **more):
    return {'kind': kind, 'tenant': contoso.TENANT, 'client_id': contoso.CLIENT, **more}

  def azure_cli(self):
    """An `az` that obtains a token of its own each time it is asked."""
    tools = self.ws.dir / 'tools'
    way = self.way('Azure CLI', 'azure-cli', None, {'PATH': f'{tools}:/usr/bin:/bin'}, allowed=['tools/az.py'],
                   answers=False)
    tools.mkdir(exist_ok=True)
    (tools / 'az.py').write_text(textwrap.dedent(AZ).format(
      form=signin.client_credentials(), url=f'{way.twin.url}/{contoso.TENANT}/oauth2/v2.0/token'))
    (tools / 'az').write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(tools / "az.py"))}\n')
    (tools / 'az').chmod(0o755)
    return way

  def ready_token(self):
    way = self.way('ready token', 'client-secret', renews=False, answers=False)
    return dataclasses.replace(way, env={'SEATSHIFT_ACCESS_TOKEN': self.token(way.twin)})

  def device_code(self):
    return self.way('device code', 'device-code', {'public': True}, person=True)

  ALL = (client_secret, certificate_file, locked_key, token_file, gitlab, github, devops, machine, app_service, azure_cli,
         ready_token, device_code)

  def each(self, check):
    """`check` of every way, each in a workspace of its own; goes on with the next when one has failed."""
    for make in self.ALL:
      with self.subTest(make.__name__):
        self.fresh()
        check(make(self))

  def start_way(self, way, *args, under=(), env=None):
    """Starts seatshift; at a terminal where the way needs a person, who then signs in."""
    env = {**way.env, **(env or {})}
    if not way.person:
      return self.ws.start(*args, env=env, under=under), None
    process, fd = self.at_terminal(*args, env=env, under=under)
    found, text = self.read_until(fd, r'enter the code (\S+)')
    self.ws.record('terminal', text)
    way.twin.control('device', user_code=found[1], tenant=contoso.TENANT, user='adele.vance@contoso.com')
    return process, fd

  def run_way(self, way, *args, under=(), env=None):
    """Runs seatshift to its end: (exit status, everything it printed)."""
    process, fd = self.start_way(way, *args, under=under, env=env)
    if fd is not None:
      text = self.end(process, fd)
      return process.returncode, text
    result = self.ws.finish(process)
    return result.status, result.out + result.err

  def plan_id(self, text):
    return re.search(r'plans/contoso/([0-9a-f]{12})', text)[1]
