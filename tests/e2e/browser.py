"""A headless Chromium, driven through chromedriver's WebDriver HTTP. Python's standard library only.

`missing()` says why there is none to drive. Nothing leaves the machine: the browser is told to do
nothing in the background, and the pages that the tests open are files or data.
"""

import base64
import json
import os
import pathlib
import re
import selectors
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

BROWSERS = 'chromium', 'chromium-browser', 'google-chrome'
FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run',
         '--disable-background-networking', '--disable-component-update', '--disable-sync',
         '--disable-default-apps', '--hide-scrollbars', '--force-device-scale-factor=1', '--lang=en-US']
START_S, CALL_S = 30, 120


def _found(names):
  return next(filter(None, map(shutil.which, names)), None)


def missing():
  """Why no browser can be driven; '' when one can."""
  if not _found(BROWSERS):
    return 'chromium is not installed'
  return '' if shutil.which('chromedriver') else 'chromedriver (chromium-driver) is not installed'


class Browser:
  """One browser with one window and an empty profile; gone on exit."""

  def __enter__(self):
    self.folder = tempfile.TemporaryDirectory(prefix='seatshift-browser-', ignore_cleanup_errors=True)
    env = {'PATH': os.environ['PATH'], 'HOME': self.folder.name, 'LANG': 'C.UTF-8', 'TZ': 'UTC'}
    self.driver = subprocess.Popen(['chromedriver', '--port=0'], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, env=env)
    self.session = None
    try:
      self.url = f'http://127.0.0.1:{self._port()}'
      options = {'binary': _found(BROWSERS), 'args': [*FLAGS, f'--user-data-dir={self.folder.name}/profile']}
      wanted = {'goog:chromeOptions': options, 'goog:loggingPrefs': {'browser': 'ALL'}, 'pageLoadStrategy': 'normal'}
      self.session = self._call('POST', '/session', {'capabilities': {'alwaysMatch': wanted}})['sessionId']
    except BaseException:
      self.__exit__()
      raise
    return self

  def __exit__(self, *_):
    try:
      if self.session:
        self._call('DELETE', f'/session/{self.session}')
    finally:
      self.driver.terminate()
      self.driver.wait(20)
      self.driver.stdout.close()
      self.folder.cleanup()

  def _port(self):
    end, said = time.monotonic() + START_S, b''
    with selectors.DefaultSelector() as selector:
      selector.register(self.driver.stdout, selectors.EVENT_READ)
      while time.monotonic() < end and self.driver.poll() is None:
        if selector.select(1):
          said += os.read(self.driver.stdout.fileno(), 4096)
        found = re.search(rb'started successfully on port (\d+)', said)
        if found:
          return int(found[1])
    raise AssertionError(f'chromedriver did not start: {said!r}')

  def _call(self, method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(self.url + path, data, {'Content-Type': 'application/json'}, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
      with opener.open(request, timeout=CALL_S) as answer:
        return json.load(answer)['value']
    except urllib.error.HTTPError as error:
      raise AssertionError(f'{method} {path}: {error.read().decode(errors="replace")[:2000]}') from None

  def _do(self, method, what, body=None):
    return self._call(method, f'/session/{self.session}/{what}', body)

  def devtools(self, command, **params):
    return self._do('POST', 'goog/cdp/execute', {'cmd': command, 'params': params})

  def open(self, page):
    self._do('POST', 'url', {'url': pathlib.Path(page).as_uri()})

  def run(self, script, *args):
    """The value that the body of a function returns; a promise is waited for."""
    return self._do('POST', 'execute/sync', {'script': script, 'args': list(args)})

  def size(self, width, height):
    self.devtools('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)

  def scheme(self, name):
    self.devtools('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': name}])

  def keys(self, *keys):
    actions = [{'type': kind, 'value': key} for key in keys for kind in ('keyDown', 'keyUp')]
    self._do('POST', 'actions', {'actions': [{'type': 'key', 'id': 'keyboard', 'actions': actions}]})

  def screenshot(self):
    return base64.b64decode(self._do('GET', 'screenshot'))

  def whole_page(self):
    """A picture of all of it, not of the window alone."""
    shot = self.devtools('Page.captureScreenshot', captureBeyondViewport=True)
    return base64.b64decode(shot['data'])

  def pdf(self):
    return base64.b64decode(self._do('POST', 'print', {'background': False}))

  def complaints(self):
    """What the page's console was told since the last call: refused scripts, errors."""
    return [entry['message'] for entry in self._do('POST', 'se/log', {'type': 'browser'})
            if entry['level'] in ('SEVERE', 'WARNING')]
