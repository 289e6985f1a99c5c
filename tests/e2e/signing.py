"""People with keys, for the tests of approvals: made with stock ssh-keygen."""

import datetime
import hashlib
import re
import shutil
import subprocess

import contoso
import harness

ALEX, ADELE, MEGAN = 'alex.wilber@example.com', 'adele.vance@example.com', 'megan.bowen@example.com'
USERS = 12  # of Contoso: enough for a plan with every kind of step


def policy(required=1, **more):
  approvals = {'required': required, 'branch': 'main', **more}
  text = ', '.join(f'{name}: {str(value).lower() if isinstance(value, bool) else value}'
                   for name, value in approvals.items())
  return contoso.POLICY.replace('{required: 0}', '{' + text + '}')


class People:
  """Keys in `folder`, one per person; `keygen` runs ssh-keygen."""

  def __init__(self, folder):
    self.folder = folder
    folder.mkdir(exist_ok=True)

  def keygen(self, *args, **options):
    return subprocess.run(['ssh-keygen', *map(str, args)], capture_output=True, check=True, timeout=60,
                          stdin=None if 'input' in options else subprocess.DEVNULL,
                          env=harness.clean_env(), **options).stdout

  def key(self, name):
    path = self.folder / name.split('@')[0]
    if not path.exists():
      self.keygen('-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path)
    return path

  def public(self, name):
    return ' '.join((self.key(name).parent / (self.key(name).name + '.pub')).read_text().split()[:2])

  def signer(self, name, options='namespaces="seatshift-approval"'):
    return f'{name} {options} {self.public(name)}\n'

  def sign(self, name, text, namespace='seatshift-approval'):
    """A signature made without seatshift."""
    return self.keygen('-Y', 'sign', '-n', namespace, '-f', self.key(name), input=text.encode()).decode()


def moment(**ago):
  """A time as an approval writes it."""
  when = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**ago)
  return when.strftime('%Y-%m-%dT%H:%M:%S.000Z')


def approval(plan, approver, at=None, until=None, **other):
  """The text that a person signs, written by hand; `other` replaces a line's value."""
  values = {
    'purpose': 'apply this plan', 'digest': plan['digest'], 'customer': 'contoso',
    'tenant-id': contoso.TENANT, 'tenant-domain': 'contoso.onmicrosoft.com', 'approver': approver,
    'approved-at': at or moment(minutes=1), 'expires-at': until or moment(hours=-71),
  }
  values.update({name.replace('_', '-'): value for name, value in other.items()})
  return 'seatshift-approval/1\n' + ''.join(f'{name}: {value}\n' for name, value in values.items())


def follow_readme(where, ws, without=None):
  """The commands of an evidence's README, run as they stand, with nothing of seatshift in the path."""
  shutil.rmtree(where / 'repository', ignore_errors=True)
  commands = ''.join(line[3:] + '\n' for line in (where / 'README.txt').read_text().splitlines()
                     if line.startswith('   ') and not (without and without in line))
  # `grep -L` succeeds when it names a file, and must name none.
  commands = re.sub(r"^grep -L .*$", lambda found: f'test -z "$({found[0].split("#")[0]})"', commands, flags=re.M)
  return subprocess.run(['sh', '-e', '-c', commands], cwd=where, capture_output=True, text=True, check=False,
                        timeout=60, env=harness.clean_env(home=ws.home))


def sum_again(where):
  """SHA256SUMS, brought up to date by whoever changed a file."""
  names = [line.split('  ', 1)[1] for line in (where / 'SHA256SUMS').read_text().splitlines()]
  (where / 'SHA256SUMS').write_text(''.join(
    f'{hashlib.sha256((where / name).read_bytes()).hexdigest()}  {name}\n' for name in names))
