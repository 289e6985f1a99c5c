#!/usr/bin/env python3
"""The recipes for other systems are well formed and of this version; a release is dry unless told, and signs.

Usage: recipes.py SOURCE-ROOT
"""

import pathlib
import re
import subprocess
import sys
import tempfile


def run(*args, wanted=0, **options):
  done = subprocess.run(list(map(str, args)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                        stdin=subprocess.DEVNULL, **options)
  if done.returncode != wanted:
    sys.exit(f'{args}: exit status {done.returncode}, not {wanted}\n{done.stdout[-3000:]}')
  return done.stdout


def recipes(source):
  version = re.search(r"^  version: '(.*)',$", (source / 'meson.build').read_text(), re.M)[1]
  folder = source / '.ci/recipes'
  if f'{version}' not in run('rpmspec', '-q', '--qf', '%{version}', folder / 'seatshift.spec'):
    sys.exit('the spec is of another version')
  run('ruby', '-c', folder / 'seatshift.rb')
  image = (folder / 'Containerfile').read_text()
  user = image.rindex('\nUSER ')
  if '\nCOPY' in image[user:] or not re.search(r'^COPY seatshift_\*\.deb ', image, re.M):
    sys.exit('the image takes something else than the package')
  return version


def release(source, version, work):
  there, key = work / 'clone', work / 'key'
  run('git', 'clone', '-q', source, there)
  run('git', '-C', there, 'config', 'user.name', 'Alex Wilber')
  run('git', '-C', there, 'config', 'user.email', 'alex.wilber@example.com')
  run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key)
  said = run('sh', there / '.ci/release', work / 'dry')
  if 'dry run' not in said or run('git', '-C', there, 'tag'):
    sys.exit(f'a dry run is not dry:\n{said}')
  run('sh', there / '.ci/release', '--tag', '--key', key, work / 'made')
  (work / 'signers').write_text(f'alex {key.with_suffix(".pub").read_text()}')
  run('sh', '-c', f'ssh-keygen -Y verify -f {work}/signers -I alex -n seatshift-release -s {work}/made/SHA256SUMS.sig '
      f'<{work}/made/SHA256SUMS')
  run('git', '-c', f'gpg.ssh.allowedSignersFile={work}/signers', '-C', there, 'verify-tag', f'v{version}')
  run('sh', there / '.ci/release', wanted=1)  # the tag is there already
  (there / 'stray').write_text('')
  if 'working tree' not in run('sh', there / '.ci/release', wanted=1):
    sys.exit('a dirty tree is released')


def main():
  source = pathlib.Path(sys.argv[1])
  version = recipes(source)
  with tempfile.TemporaryDirectory() as work:
    release(source, version, pathlib.Path(work))


if __name__ == '__main__':
  main()
