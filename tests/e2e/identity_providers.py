"""What the sign-in tests bring along that the twin does not play: certificates by the openssl program, tokens of
identity providers that it does not know, an HTTP server that is not the sign-in service, and an `az`.
"""

import base64
import hashlib
import http.server
import json
import subprocess
import textwrap
import threading
import time
import urllib.parse
import uuid

ISSUER = 'https://token.actions.githubusercontent.com'
SUBJECT = 'repo:fabrikam/customers:ref:refs/heads/main'
DEVOPS_ISSUER = 'https://vstoken.dev.azure.com/3f6c2d71-8a4e-4b5d-9c0f-6e1d2a3b4c5f'
DEVOPS_SUBJECT = 'sc://fabrikam/customers/seatshift'
AUDIENCE = 'api://AzureADTokenExchange'


def openssl(*args, stdin=b''):
  return subprocess.run(['openssl', *map(str, args)], input=stdin, check=True, capture_output=True,
                        timeout=60).stdout


def make_certificate(folder, name, *more, days=30):
  """A key and a self-signed certificate: (certificate path, key path)."""
  cert, key = folder / f'{name}.crt.pem', folder / f'{name}.key.pem'
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', str(days),
          '-subj', f'/CN={name}', *more)
  return cert, key


def base64url(data):
  return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def older_thumbprint(cert):
  """What `x5t` holds: SHA-1."""
  return base64url(hashlib.sha1(openssl('x509', '-in', cert, '-outform', 'DER')).digest())


def own_assertion(cert, key, client_id, audience, header=(), claims=(), pss=True):
  """An assertion as a client makes it for itself; `header` and `claims` change what is in it."""
  now = int(time.time())
  der = openssl('x509', '-in', cert, '-outform', 'DER')
  parts = [{'alg': 'PS256', 'typ': 'JWT', 'x5t#S256': base64url(hashlib.sha256(der).digest()), **dict(header)},
           {'aud': audience, 'iss': client_id, 'sub': client_id, 'jti': str(uuid.uuid4()), 'nbf': now, 'iat': now,
            'exp': now + 600, **dict(claims)}]
  text = '.'.join(base64url(json.dumps(part).encode()) for part in parts)
  how = ('-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32') if pss else ()
  return f'{text}.{base64url(openssl("dgst", "-sha256", *how, "-sign", key, stdin=text.encode()))}'


def is_signed(token, key):
  """Whether the holder of `key`, a JSON Web Key, signed the token: RSA by hand, without a padding check's help."""
  number = lambda text: int.from_bytes(base64.urlsafe_b64decode(text + '=='), 'big')
  signed, signature = token.rsplit('.', 1)
  plain = pow(number(signature), number(key['e']), number(key['n']))
  return plain.to_bytes(256, 'big').endswith(hashlib.sha256(signed.encode()).digest())


def assertion(key, subject=SUBJECT, issuer=ISSUER, audience=AUDIENCE, age_s=0, alg='RS256', kid='1'):
  """A JSON web token as an identity provider signs it (RS256)."""
  now = int(time.time()) - age_s
  parts = [{'alg': alg, 'typ': 'JWT', 'kid': kid},
           {'iss': issuer, 'sub': subject, 'aud': audience, 'nbf': now, 'iat': now, 'exp': now + 300}]
  text = '.'.join(base64url(json.dumps(part).encode()) for part in parts)
  return f'{text}.{base64url(openssl("dgst", "-sha256", "-sign", key, stdin=text.encode()))}'


class Server:
  """Answers by path: a function of (handler, query) that gives (status, object). Requests are kept."""

  def __init__(self, routes):
    self.seen = []
    outer = self

    class Handler(http.server.BaseHTTPRequestHandler):
      def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        self.rfile.read(int(self.headers.get('Content-Length') or 0))
        outer.seen.append((self.command, url.path, query, dict(self.headers)))
        status, answer = routes[url.path](self, query) if url.path in routes else (404, {})
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.send_header('x-vss-e2eid', '7d3f')
        self.end_headers()
        self.wfile.write(body)

      do_POST = do_GET

      def log_message(self, *_):
        pass

    self.http = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    self.thread = threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)
    self.thread.start()
    self.url = f'http://127.0.0.1:{self.http.server_address[1]}'

  def close(self):
    self.http.shutdown()
    self.http.server_close()
    self.thread.join()


def write_az(folder, text):
  """An `az` in `folder` that prints `text`, and what it was given into files beside it."""
  folder.mkdir(exist_ok=True)
  answer = folder / 'answer.json'
  answer.write_text(text)
  az = folder / 'az'
  az.write_text(textwrap.dedent(f'''\
    #!/bin/sh
    printf '%s\\n' "$@" > '{folder}/args.txt'
    env > '{folder}/env.txt'
    if grep -q az.login '{answer}'; then cat '{answer}' >&2; exit 1; fi
    cat '{answer}'
    '''))
  az.chmod(0o755)
  return az
