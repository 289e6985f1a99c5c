"""Git over http on loopback: stock `git http-backend`, behind a server that wants to see who is there.

`wants` is the value of the Authorization header that lets in, or None. What came is kept in `seen`.
"""

import base64
import http.server
import os
import pathlib
import shutil
import subprocess
import threading

import harness


def basic(user, password):
  return 'Basic ' + base64.b64encode(f'{user}:{password}'.encode()).decode()


def installed():
  where = subprocess.run(['git', '--exec-path'], capture_output=True, text=True, check=False).stdout.strip()
  return bool(where and shutil.which('git-http-backend', path=where))


class Handler(http.server.BaseHTTPRequestHandler):
  protocol_version = 'HTTP/1.1'
  wbufsize = -1  # an answer leaves in one piece

  def answer(self, status, headers=(), body=b''):
    self.send_response(status)
    for name, value in headers:
      self.send_header(name, value)
    self.send_header('Content-Length', str(len(body)))
    self.end_headers()
    self.wfile.write(body)
    self.wfile.flush()

  def body(self):
    if self.headers.get('Transfer-Encoding') != 'chunked':
      return self.rfile.read(int(self.headers.get('Content-Length') or 0))
    data = b''
    while size := int(self.rfile.readline().split(b';')[0], 16):
      data += self.rfile.read(size)
      self.rfile.readline()
    self.rfile.readline()
    return data

  def handle_any(self):
    server = self.server
    data = self.body()
    given = self.headers.get_all('Authorization', [])
    server.seen.append((self.command, self.path, given))
    if server.redirect:
      return self.answer(301, [('Location', server.redirect + self.path)])
    if server.wants and server.wants not in given:
      return self.answer(401, [('WWW-Authenticate', 'Basic realm="git"')], b'who are you?')
    server.before_answer(self.path)
    if server.status:
      return self.answer(server.status, body=b'no')
    if self.path.endswith('/git-receive-pack') and server.before_push:
      server.before_push.pop(0)()
    return self.backend(data)

  def backend(self, data):
    path, _, query = self.path.partition('?')
    env = harness.clean_env({
      'GIT_PROJECT_ROOT': str(self.server.root), 'GIT_HTTP_EXPORT_ALL': '1', 'REQUEST_METHOD': self.command,
      'PATH_INFO': path, 'QUERY_STRING': query, 'CONTENT_TYPE': self.headers.get('Content-Type', ''),
      'CONTENT_LENGTH': str(len(data)), 'REMOTE_USER': 'somebody', 'REMOTE_ADDR': '127.0.0.1',
      'HTTP_CONTENT_ENCODING': self.headers.get('Content-Encoding', ''),
      'GIT_PROTOCOL': self.headers.get('Git-Protocol', '')})
    done = subprocess.run(['git', 'http-backend'], input=data, env=env, capture_output=True, check=False, timeout=60)
    head, _, body = done.stdout.partition(b'\r\n\r\n')
    headers = [line.split(': ', 1) for line in head.decode().split('\r\n') if line]
    status = next((int(value.split()[0]) for name, value in headers if name == 'Status'), 200)
    self.answer(status, [row for row in headers if row[0] not in ('Status', 'Content-Length')], body)

  do_GET = do_POST = handle_any

  def log_message(self, *_):
    pass


class GitServer(http.server.ThreadingHTTPServer):
  """Serves the bare repositories of `root`; stops with the test."""

  daemon_threads = True

  def __init__(self, test, root, wants=None):
    super().__init__(('127.0.0.1', 0), Handler)
    self.root, self.wants = pathlib.Path(root), wants
    self.seen, self.redirect, self.status, self.before_push = [], None, None, []
    self.before_answer = lambda path: None
    thread = threading.Thread(target=self.serve_forever, daemon=True)
    thread.start()
    test.addCleanup(thread.join)
    test.addCleanup(self.server_close)
    test.addCleanup(self.shutdown)

  def handle_error(self, request, client_address):
    """A client that hangs up is no error of the server."""

  @property
  def host(self):
    return f'127.0.0.1:{self.server_port}'

  def url(self, name, user=''):
    return f'http://{user and user + "@"}{self.host}/{name}'

  def given(self):
    """Every Authorization that came, once each."""
    return sorted({value for _, _, values in self.seen for value in values})


def bare(folder, source, env):
  """A bare clone that takes pushes, as a server has it."""
  subprocess.run(['git', 'clone', '-q', '--bare', str(source), str(folder)], check=True, env=env, timeout=60)
  subprocess.run(['git', '-C', str(folder), 'config', 'http.receivepack', 'true'], check=True, env=env, timeout=60)
  return pathlib.Path(os.fspath(folder))
