"""Packages of the npm registry for a test: installed once, from a lock file, into a folder of their own."""

import functools
import shutil
import subprocess
import tempfile

INSTALL = ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']


@functools.cache
def installed(source, *files):
  """The folder with node_modules and these files, made once for this process; a text says why there is none."""
  if not shutil.which('node') or not shutil.which('npm'):
    return 'node and npm are not installed'
  folder = tempfile.TemporaryDirectory()
  for name in ('package.json', 'package-lock.json', *files):
    shutil.copy(source / name, folder.name)
  try:
    done = subprocess.run(INSTALL, cwd=folder.name, capture_output=True, text=True, timeout=150,
                          stdin=subprocess.DEVNULL)
  except subprocess.TimeoutExpired:
    return 'npm took too long'
  return folder if done.returncode == 0 else f'npm could not install them: {done.stderr.strip()[-300:]}'
