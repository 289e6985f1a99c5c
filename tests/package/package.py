#!/usr/bin/env python3
"""What .ci/package makes, as those who install it meet it.

Usage: package.py contents|reproducible|installed SOURCE-ROOT

contents      lintian and blhc have nothing to say; the parts are all there; the digests are right
reproducible  twice, in other folders, for another user, locale, time zone and umask: the same bytes
installed     a fresh Debian root without a compiler: install, play the example to its end, read the manual, remove;
              nothing is left. Needs root, and a Debian mirror
"""

import json
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile

PARTS = ['usr/bin/seatshift', 'usr/share/man/man1/seatshift.1.gz', 'usr/share/man/man5/seatshift-customer.5.gz',
         'usr/share/man/man7/seatshift-approvals.7.gz', 'usr/share/bash-completion/completions/seatshift',
         'usr/share/seatshift/schemas/plan.json', 'usr/share/seatshift/conftest/deny.rego',
         'usr/share/doc/seatshift/examples/exception.rego', 'usr/share/doc/seatshift/README.md.gz']


def run(*args, **options):
  done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                        stdin=subprocess.DEVNULL, **options)
  if done.returncode:
    sys.exit(f'{" ".join(map(str, args))}: exit status {done.returncode}\n{done.stdout[-4000:]}')
  return done.stdout


def clone(source, where):
  """The commit that is checked out, in a folder of its own; by way of a bundle, which anybody may read."""
  bundle = where.parent / 'source.bundle'
  if not bundle.exists():
    run('git', '-C', source, 'bundle', 'create', '-q', bundle, 'HEAD')
    bundle.chmod(0o644)
  return ['git', 'clone', '-q', str(bundle), str(where)]


def package(source, folder, user=None, env=None):
  """Makes it in `folder`, of a clone there; the folder with what was made."""
  there = folder / 'clone'
  options = {'user': user, 'group': pwd.getpwnam(user).pw_gid, 'extra_groups': []} if user else {}
  env = {**os.environ, 'HOME': str(folder), 'TMPDIR': str(folder), **(env or {})}
  run(*clone(source, there), env=env, **options)
  run('sh', there / '.ci/package', folder / 'made', env=env, umask=0o077 if user else 0o022, **options)
  return folder / 'made'


def contents(source, work):
  made = package(source, work)
  deb = next(made.glob('*.deb'))
  inside = [line.split(None, 5)[5].removeprefix('./') for line in run('dpkg-deb', '-c', deb).splitlines()]
  missing = [part for part in PARTS if part not in inside]
  if missing:
    sys.exit(f'the package lacks {missing}')
  commit = run('git', '-C', source, 'rev-parse', '--short=12', 'HEAD').strip()
  run('dpkg-deb', '-x', deb, work / 'root')
  if commit not in run(work / 'root/usr/bin/seatshift', 'version'):
    sys.exit('the program does not say its commit')
  run('sha256sum', '--strict', '-c', 'SHA256SUMS', cwd=made)
  sbom = json.loads(next(made.glob('*.spdx.json')).read_text())
  if not {'libcurl4', 'libgit2-1.5'} <= {part['name'] for part in sbom['packages']}:
    sys.exit(f'the list of parts lacks libraries: {sbom["packages"]}')
  for checker, *args in [('lintian', '--allow-root', '--fail-on', 'error,warning,info,pedantic', '--display-info',
                          '--pedantic', deb), ('blhc', made / 'build.log')]:
    if not shutil.which(checker):
      sys.exit(f'{checker} is not installed')
    run(checker, *args)


def reproducible(source, work):
  other = {'LANG': 'tr_TR.UTF-8', 'LC_ALL': 'tr_TR.UTF-8', 'TZ': 'Pacific/Kiritimati', 'USER': 'nobody'}
  first, second = work / 'a', work / 'another-folder' / 'with-a-longer-name'
  first.mkdir()
  second.mkdir(parents=True)
  user = 'nobody' if os.geteuid() == 0 else None
  for folder in (work, second.parent, second):
    folder.chmod(0o755)
  if user:
    shutil.chown(second, user)
    shutil.chown(second.parent, user)
  made = [package(source, first), package(source, second, user, other)]
  sums = [(folder / 'SHA256SUMS').read_text() for folder in made]
  if sums[0] != sums[1]:
    sys.exit(f'not the same bytes:\n{sums[0]}\n{sums[1]}')


def listing(root):
  """Every file but the package manager's own records and logs."""
  return {path.relative_to(root).as_posix() for path in root.rglob('*')
          if not path.relative_to(root).as_posix().startswith(('var/lib/dpkg', 'var/lib/apt', 'var/cache', 'var/log',
                                                               'proc', 'sys', 'dev', 'tmp', 'etc/ld.so.cache'))}


def installed(source, work):
  if os.geteuid():
    print('skipped: only root can give a root folder')
    sys.exit(77)
  deb = next(package(source, work).glob('*.deb'))
  root = work / 'root'
  needs = run('dpkg-deb', '-f', deb, 'Depends')
  names = [part.split('(')[0].split('|')[0].strip() for part in needs.split(',')]
  run('mmdebstrap', '--variant=minbase', f'--include={",".join([*names, "git", "curl", "ca-certificates", "mandoc"])}',
      'bookworm', root)
  before = listing(root)
  if any((root / 'usr/bin' / name).exists() for name in ('gcc', 'cc', 'clang')):
    sys.exit('the root has a compiler')
  shutil.copy(deb, root / 'tmp/seatshift.deb')
  shutil.copytree(work / 'clone/.ci', root / 'tmp/ci/.ci')

  def inside(*args):
    return run('chroot', root, 'env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LANG=C.UTF-8', *args)

  inside('dpkg', '-i', '/tmp/seatshift.deb')
  told = inside('bash', '/tmp/ci/.ci/demo', '--installed')
  if 'Once more: nothing is left to do' not in told:
    sys.exit(f'the example did not come to its end\n{told[-2000:]}')
  if 'customer' not in inside('mandoc', '-T', 'utf8', '/usr/share/man/man1/seatshift.1.gz').replace('\b', ''):
    sys.exit('the manual does not open')
  inside('dpkg', '--purge', 'seatshift')
  left = sorted(listing(root) - before)
  if left:
    sys.exit(f'left behind: {left}')


def main():
  what, source = sys.argv[1:]
  work = pathlib.Path(tempfile.mkdtemp())
  try:
    {'contents': contents, 'reproducible': reproducible, 'installed': installed}[what](source, work)
  finally:
    shutil.rmtree(work, ignore_errors=True)


if __name__ == '__main__':
  main()
