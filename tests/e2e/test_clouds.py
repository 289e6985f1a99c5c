"""The national clouds at their own addresses, through a proxy that leads to the twin; and what is said of proxies
and certificate authorities that are in the way, which is never that signing in failed.
"""

import socket
import socketserver
import ssl
import threading

import contoso
import harness
import identity_providers as providers
import signin

# As Microsoft's table has them, written down once more: sign-in, Graph.
CLOUDS = {
  'global': ('login.microsoftonline.com', 'graph.microsoft.com'),
  'usgov': ('login.microsoftonline.us', 'graph.microsoft.us'),
  'usgov-dod': ('login.microsoftonline.us', 'dod-graph.microsoft.us'),
  'china': ('login.partner.microsoftonline.cn', 'microsoftgraph.chinacloudapi.cn'),
}
HOSTS = sorted({host for pair in CLOUDS.values() for host in pair})


def pump(source, target):
  try:
    while data := source.recv(65536):
      target.sendall(data)
    target.shutdown(socket.SHUT_WR)
  except OSError:
    pass


class Proxy(socketserver.ThreadingTCPServer):
  """An HTTP proxy on loopback that ends TLS itself and passes on to `port`, whatever host was asked for."""

  daemon_threads = True

  def __init__(self, port, cert, key):
    self.port, self.asked, self.refusal = port, [], None
    self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    self.context.load_cert_chain(cert, key)
    super().__init__(('127.0.0.1', 0), Tunnel)
    threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

  @property
  def url(self):
    return f'http://127.0.0.1:{self.server_address[1]}'

  def close(self):
    self.shutdown()
    self.server_close()

  def handle_error(self, *_):
    pass  # a client that breaks off is what some tests are about


class Tunnel(socketserver.StreamRequestHandler):
  timeout = 60

  def handle(self):
    first = self.rfile.readline(1000).decode()
    while self.rfile.readline(10000) not in (b'\r\n', b''):
      pass
    self.server.asked.append(first.strip())
    if self.server.refusal:
      self.wfile.write(self.server.refusal)
      return
    self.wfile.write(b'HTTP/1.1 200 Connection established\r\n\r\n')
    with self.server.context.wrap_socket(self.connection, server_side=True) as client, \
         socket.create_connection(('127.0.0.1', self.server.port), 30) as twin:
      back = threading.Thread(target=pump, args=(twin, client), daemon=True)
      back.start()
      pump(client, twin)
      back.join(60)


class Clouds(signin.TestCase):

  def through_proxy(self, cloud, roles='all', twin_cloud=None):
    """A repository of the cloud without any address replaced, and the proxy."""
    document = contoso.document(users=12)
    document['cloud'] = twin_cloud or cloud
    document['tenants'][0]['clients'][0]['roles'] = roles
    twin = self.twin(document)
    contoso.set_up(self.ws, twin)
    self.ws.write('seatshift.yaml', contoso.POLICY.replace('cloud: global', f'cloud: {cloud}'))
    self.ws.git_commit('policy')
    cert, key = self.certificate('proxy', '-addext', 'subjectAltName=' + ','.join(f'DNS:{host}' for host in HOSTS))
    proxy = Proxy(twin.port, cert, key)
    self.addCleanup(proxy.close)
    self.ws.env = {'AZURE_CLIENT_SECRET': contoso.SECRET, 'CONTOSO_OPEN_KEY': contoso.KEY, 'HTTPS_PROXY': proxy.url,
                   'CURL_CA_BUNDLE': str(cert)}
    return twin, proxy

  def test_addresses_and_scopes(self):
    """Each cloud is asked at its own addresses, for its own Graph, and names its own link of consent."""
    for cloud, (login, graph) in CLOUDS.items():
      with self.subTest(cloud):
        self.fresh()
        twin, proxy = self.through_proxy(cloud)
        self.plan()
        self.assertEqual({line.split()[1] for line in proxy.asked}, {f'{login}:443', f'{graph}:443'})
        self.assertEqual(proxy.asked[0], f'CONNECT {login}:443 HTTP/1.1')
        self.assertGreater(twin.counters()['tokens'], 0)
        checks = {row['check']: row for row in self.ws.run_json('doctor', 'contoso', expect=harness.OK)['checks']}
        self.assertEqual(checks['cloud']['detail'], f'{cloud}: sign-in at https://{login}, Graph at https://{graph}')
        self.assertEqual({checks[name]['verdict'] for name in ('cloud', 'discovery', 'sign-in', 'permissions')}, {'ok'})
        twin, proxy = self.through_proxy(cloud, roles=['Organization.Read.All'])
        self.refused(f'https://{login}/{contoso.TENANT}/adminconsent?client_id={contoso.CLIENT}', 'User.Read.All')
        self.assertEqual({line.split()[1] for line in proxy.asked}, {f'{login}:443'}, 'Graph is not asked')
    self.scan()

  def test_a_tenant_of_another_cloud(self):
    """Its Graph is not known there."""
    for twin_cloud in ('usgov', 'china'):
      self.fresh()
      self.through_proxy('global', twin_cloud=twin_cloud)
      self.refused('AADSTS500011', "check 'cloud'", 'https://graph.microsoft.com')

  # What is in the way.

  def in_the_way(self, *words, expect=harness.ERROR, **env):
    result = self.refused(*words, expect=expect, **env)
    self.assertNotIn('AADSTS', result.err)
    self.assertNotIn('credentials', result.err)
    self.assertIn('hint: ', result.err)

  def test_a_proxy_that_refuses(self):
    twin, proxy = self.through_proxy('global')
    self.patience = '8s'
    for status, tries in (('407 Proxy Authentication Required', '1 attempt'), ('403 Forbidden', '1 attempt'),
                          ('502 Bad Gateway', 'attempts')):
      with self.subTest(status):
        proxy.refusal = (f'HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: 15\r\n'
                         'Connection: close\r\n\r\n<html>no</html>').encode()
        self.in_the_way('no answer from', status[:3], f'not sent; {tries}' if tries[0] == '1' else tries, 'HTTPS_PROXY', 'NO_PROXY')
    self.assertEqual(self.paths(twin), [])

  def test_a_proxy_that_is_not_there(self):
    twin, _ = self.through_proxy('global')
    self.patience = '8s'
    self.in_the_way('not sent', 'HTTPS_PROXY', HTTPS_PROXY='http://127.0.0.1:9')
    self.assertEqual(self.paths(twin), [])

  def test_a_proxy_that_looks_inside(self):
    """Its certificate authority has to be named; the server it claims to be has to be the one."""
    twin, proxy = self.through_proxy('global')
    other, _ = self.certificate('another')
    for bundle in ('', str(other)):
      self.in_the_way('not sent', 'CURL_CA_BUNDLE', 'TLS', CURL_CA_BUNDLE=bundle)
    self.in_the_way('not sent', 'CURL_CA_BUNDLE', CURL_CA_BUNDLE=str(self.ws.dir / 'nothing.pem'))
    proxy.context.load_cert_chain(*self.certificate('proxy', '-addext', 'subjectAltName=DNS:graph.microsoft.us'))
    self.in_the_way('not sent', CURL_CA_BUNDLE=str(self.ws.dir / 'proxy.crt.pem'))
    self.assertEqual(self.paths(twin), [])

  def test_either_variable_names_the_authority(self):
    self.through_proxy('global')
    self.plan(SSL_CERT_FILE=self.ws.env['CURL_CA_BUNDLE'], CURL_CA_BUNDLE='')

  def test_the_doctor_says_so_too(self):
    self.through_proxy('global')
    result = self.ws.run_json('doctor', 'contoso', '--deadline', '8s', env={'HTTPS_PROXY': 'http://127.0.0.1:9'}, expect=harness.ERROR)
    check = {row['check']: row for row in result['checks']}['discovery']
    self.assertEqual(check['verdict'], 'fail')
    self.assertIn('HTTPS_PROXY', check['remedy'])

  def test_a_proxy_that_does_not_answer_is_named(self):
    """Nobody is there, or somebody who never says anything; without its password. Where it is not asked, it is not blamed."""
    self.through_proxy('global')
    with socket.create_server(('127.0.0.1', 0)) as silent, socket.socket() as taken:
      taken.bind(('127.0.0.1', 0))  # and does not listen
      for port in (silent.getsockname()[1], taken.getsockname()[1]):
        for name, form in (('HTTPS_PROXY', f'http://127.0.0.1:{port}'), ('https_proxy', f'127.0.0.1:{port}'),
                           ('ALL_PROXY', f'http://alex:canary-proxy-pw@127.0.0.1:{port}/')):
          with self.subTest(form, name=name):
            env = {'HTTPS_PROXY': '', name: form}
            result = self.ws.run('plan', 'contoso', '--deadline', '1s', env=env)
            self.assertNotEqual(result.status, harness.OK)
            self.assertIn(f'the proxy 127.0.0.1, port {port}, does not answer', result.err)
            self.assertIn('HTTPS_PROXY names', result.err)
            self.assertNotIn('canary-proxy-pw', result.err)
      env = {'HTTPS_PROXY': f'http://127.0.0.1:{taken.getsockname()[1]}', 'NO_PROXY': '*', 'no_proxy': '*',
             'SEATSHIFT_LOGIN_URL': 'https://login.invalid', 'SEATSHIFT_GRAPH_URL': 'https://graph.invalid'}
      result = self.ws.run('plan', 'contoso', '--deadline', '1s', env=env)
      self.assertNotIn('the proxy', result.err)
      self.assertIn('login.invalid', result.err)

  def test_a_folder_of_certificates(self):
    self.through_proxy('global')
    cert = self.ws.env.pop('CURL_CA_BUNDLE')
    folder = self.ws.dir / 'certificates'
    folder.mkdir()
    self.refused('certificate', expect=harness.ERROR, SSL_CERT_DIR=str(folder))
    name = providers.openssl('x509', '-hash', '-noout', '-in', cert).decode().strip()
    (folder / f'{name}.0').symlink_to(cert)
    self.plan(SSL_CERT_DIR=str(folder))

  def test_every_request_says_who_asks(self):
    twin, _ = self.through_proxy('global')
    heard = []

    class Listener(socketserver.StreamRequestHandler):

      def handle(self):
        heard.append(self.rfile.readline() + b''.join(iter(self.rfile.readline, b'\r\n')))
        self.wfile.write(b'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')

    with socketserver.ThreadingTCPServer(('127.0.0.1', 0), Listener) as server:
      threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
      url = f'http://127.0.0.1:{server.server_address[1]}'
      direct = {'HTTPS_PROXY': '', 'SEATSHIFT_LOGIN_URL': url, 'SEATSHIFT_GRAPH_URL': twin.url}
      self.ws.run('plan', 'contoso', env=direct)
      self.ws.run('plan', 'contoso', env={**direct, 'SEATSHIFT_LOGIN_URL': twin.url, 'SEATSHIFT_GRAPH_URL': url})
      server.shutdown()
    version = self.ws.run_json('version')['version']
    self.assertGreaterEqual(len(heard), 2)
    for request in heard:
      self.assertIn(f'User-Agent: seatshift/{version}\r\n'.encode(), request)


if __name__ == '__main__':
  harness.main()
