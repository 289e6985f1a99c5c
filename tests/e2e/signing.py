"""People with keys, for the tests of approvals: made with stock ssh-keygen."""

import datetime
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
