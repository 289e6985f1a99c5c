"""A generated plan, shown in every face."""

import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEATSHIFT, MAKE_PLAN = os.environ['SEATSHIFT'], os.environ['MAKE_PLAN']
NASTY = ROOT / 'tests/support/nasty_strings.txt'
FACES = {'text': 'txt', 'json': 'json', 'markdown': 'md', 'html': 'html', 'csv': 'csv', 'dot': 'gv',
         'mermaid': 'mmd', 'powershell': 'ps1'}


def run(*words, status=0):
  done = subprocess.run(words, capture_output=True, check=False, timeout=120,
                        env={'PATH': os.environ['PATH']})
  if done.returncode != status:
    raise AssertionError(f'{words}: status {done.returncode}\n{done.stderr.decode(errors="replace")}')
  return done.stdout


class Plan:
  """A generated plan, and its faces in one run."""

  def __init__(self, users, *options):
    with tempfile.TemporaryDirectory(prefix='seatshift-faces-') as folder:
      self.path = run(MAKE_PLAN, folder, str(users), *map(str, options)).decode().strip()
      files = {name: f'{folder}/face.{name}' for name in FACES}
      also = [word for name, file in files.items() for word in ('--also', f'{name}={file}')]
      self.shown = run(SEATSHIFT, '-C', folder, 'show', self.path, *also)
      self.again = run(SEATSHIFT, '-C', folder, 'show', self.path, '--format', 'html')
      self.faces = {name: pathlib.Path(file).read_bytes() for name, file in files.items()}

  def text(self, name):
    return self.faces[name].decode('utf-8')
