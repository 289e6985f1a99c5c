"""Where the program writes: never through a link that a repository brought along, and no result over a record."""

import json
import os

import contoso
import harness
import looking
import signing
from signing import ADELE

FLEET = 'version: 1\nwaves:\n  - {name: all, customers: ["*"]}\n'


class Places(looking.Looking):

  def prepare(self):
    twin = self.start()
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    self.away = self.ws.dir / 'away'
    self.away.mkdir()
    return twin

  def link(self, path):
    """What was at `path` is elsewhere now, as it was, and a link stands in its place."""
    place, target = self.ws.repo / path, self.away / 'target'
    if place.exists():
      place.rename(target)
    else:
      target.mkdir()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(target)
    return place, target

  def unlink(self, place, target):
    place.unlink()
    target.rename(place)

  def there(self):
    return {str(path): path.read_bytes() for path in self.away.rglob('*') if path.is_file()}

  def refused(self, args):
    before = self.there()
    result = self.ws.run(*args)
    self.assertIn(result.status, (harness.INVALID, harness.ERROR), result)
    self.assertIn('is a symbolic link', result.err)
    self.assertEqual(self.there(), before, args)

  def through(self, path, *commands):
    place, target = self.link(path)
    for args in commands:
      with self.subTest(path, args=args):
        self.refused(args)
    self.unlink(place, target)

  def test_links_on_the_way_to_what_is_saved(self):
    twin = self.prepare()
    self.people = signing.People(self.ws.dir)
    self.ws.write('allowed_signers', self.people.signer(ADELE))
    self.ws.git_init()
    self.ws.git_commit('all')
    key = str(self.people.key(ADELE))
    folder = f'plans/contoso/{self.plan}'
    approve = ['approve', self.plan, '--key', key, '--as', ADELE, '--yes']
    apply = ['apply', self.plan, '--yes']
    rehearse = ['rehearse', self.plan, '--runs', '1', '--save']
    self.through(f'{folder}/approvals', approve)
    for path in ('plans', 'plans/contoso', folder):
      self.through(path, approve, apply, rehearse)
    self.through(f'{folder}/rehearsal.json', rehearse)
    self.through(f'{folder}/journal.jsonl', apply, ['step', self.plan, 'redeem-key', '--done', '--case', '4711'])
    (self.ws.repo / folder / 'plan.json').unlink()
    for path in ('plans', 'plans/contoso', folder):
      self.through(path, ['plan', 'contoso'])
    self.assertEqual(twin.writes(), 0)

  def test_a_journal_that_is_a_link_stops_a_run_that_has_begun(self):
    twin = self.prepare()
    self.ws.run('apply', self.plan, '--yes', expect=harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 25)
    self.through(f'plans/contoso/{self.plan}/journal.jsonl', ['apply', self.plan, '--yes'], ['verify', self.plan])
    self.through('plans', ['apply', self.plan, '--yes'])
    self.assertEqual(twin.writes(), 0)

  def test_links_to_other_folders(self):
    self.prepare()
    self.ws.write('fleet.yaml', FLEET)
    self.through('fleets', ['fleet', 'plan'])
    self.through('customers', ['new', 'fabrikam'])
    self.through('reports', ['show', self.plan, '--out', 'reports/x.txt'], ['show', self.plan, '--also', 'csv=reports/x.csv'],
                 ['apply', self.plan, '--yes', '--events', 'reports/x.jsonl'], ['schema', '--all', 'reports'])
    self.through('.seatshift', ['init'], ['schema', '--all', '.seatshift/schemas'])
    # A file itself, and one that is not there yet.
    for name, args in (('a.txt', ('show', self.plan, '--out', 'a.txt')), ('a.csv', ('show', self.plan, '--also', 'csv=a.csv'))):
      (self.ws.repo / name).symlink_to(self.away / 'nothing')
      self.refused(args)
      self.assertTrue((self.ws.repo / name).is_symlink())

  def test_links_outside_are_as_everywhere(self):
    self.prepare()
    outside = self.ws.dir / 'by-another-name'
    outside.symlink_to(self.ws.repo)
    self.ws.run('-C', str(outside), 'plan', 'contoso', expect=harness.OK)
    (self.ws.dir / 'link').symlink_to(self.away)
    self.ws.run('show', self.plan, '--out', str(self.ws.dir / 'link' / 'x.txt'), expect=harness.OK)
    self.ws.run('show', self.plan, '--out', '../link/y.txt', expect=harness.OK)
    self.ws.run('show', self.plan, '--also', 'csv=../link/y.csv', expect=harness.OK)
    self.assertEqual(sorted(path.name for path in self.away.iterdir()), ['x.txt', 'y.csv', 'y.txt'])
    # By a link from outside into the repository, what is a record stays one.
    (self.ws.dir / 'into').symlink_to(self.ws.repo / 'plans/contoso')
    path = f'{self.ws.dir}/into/{self.plan}/plan.json'
    before = open(path, 'rb').read()
    self.ws.run('show', self.plan, '--out', path, expect=harness.INVALID)
    self.assertEqual(open(path, 'rb').read(), before)

  def test_no_result_over_a_record(self):
    twin = self.prepare()
    self.ws.run('apply', self.plan, '--yes', expect=harness.WAITING)
    self.ws.write('customers/people.csv', 'upn\nadele.vance@contoso.com\n')
    self.ws.write('keys/signers', 'nobody\n')
    self.ws.git_init()
    self.ws.git_commit('all')
    asked = len(twin.log())
    folder = f'plans/contoso/{self.plan}'
    files = [f'{folder}/journal.jsonl', f'{folder}/plan.json', f'{folder}/snapshot.json', 'customers/contoso.yaml',
             'customers/people.csv', 'seatshift.yaml', '.git/config', 'keys/signers', f'./plans/../{folder}/plan.json',
             str(self.ws.repo / folder / 'plan.json')]
    os.link(self.ws.repo / 'customers/contoso.yaml', self.ws.repo / 'linked.yaml')
    files.append('linked.yaml')
    new = [f'{folder}/approvals/x.txt', f'{folder}/rehearsal.json', 'plans/contoso/journal.jsonl', 'fleets/x.json', '.git/hooks/pre-commit']
    (self.ws.repo / folder / 'approvals').mkdir()
    (self.ws.repo / 'fleets').mkdir()
    before = {path: (self.ws.repo / path).read_bytes() for path in files}
    for path in files + new:
      for args in (('show', self.plan, '--out', path), ('show', self.plan, '--also', f'csv={path}'), ('version', '--out', path),
                   ('apply', self.plan, '--yes', '--events', path), ('discover', '--tenant', contoso.TENANT, '--out', path)):
        with self.subTest(args):
          result = self.ws.run(*args, expect=harness.INVALID)
          self.assertIn('never writes over a file', result.err)
    self.assertEqual({path: (self.ws.repo / path).read_bytes() for path in files}, before)
    for path in new:
      self.assertFalse((self.ws.repo / path).exists(), path)
    self.assertEqual(len(twin.log()), asked)
    # What is neither is replaced, as documented.
    for _ in range(2):
      self.ws.run('show', self.plan, '--format', 'json', '--out', 'plan.json', expect=harness.OK)
    json.loads((self.ws.repo / 'plan.json').read_text())
    os.unlink(self.ws.repo / 'plan.json')


  def test_no_folder_of_results_among_the_records(self):
    """Manual pages and schemas can be made again, what they would be mixed with cannot."""
    self.prepare()
    self.ws.git_init()
    self.ws.git_commit('all')
    before = sorted(str(path) for path in self.ws.repo.rglob('*') if '/.git/objects' not in str(path))
    (self.ws.dir / 'into').symlink_to(self.ws.repo / 'plans')
    for place in ('plans', 'plans/contoso', f'plans/contoso/{self.plan}', 'plans/fabrikam/new', 'fleets', 'customers', '.git/hooks',
                  'x/../plans', str(self.ws.repo / 'plans'), str(self.ws.dir / 'into' / 'contoso')):
      for args in (('help', '--man', place), ('schema', '--all', place), ('init', place), ('show', self.plan, '--evidence', f'{place}/evidence')):
        with self.subTest(args):
          result = self.ws.run(*args, expect=harness.INVALID)
          self.assertIn('where a repository keeps its own', result.err)
    self.assertEqual(sorted(str(path) for path in self.ws.repo.rglob('*') if '/.git/objects' not in str(path)), before)
    for _ in range(2):
      self.ws.run('help', '--man', 'man', expect=harness.OK)
      self.ws.run('schema', '--all', 'schemas', expect=harness.OK)
    self.assertTrue((self.ws.repo / 'man/man1/seatshift.1').is_file() and (self.ws.repo / 'schemas/plan.json').is_file())
    self.ws.run('show', self.plan, '--evidence', 'evidence', expect=harness.OK)


class Read(looking.Looking):
  """Nor is anything read through a link, or from what never ends: whoever brings one along sees nothing by it."""

  COMMANDS = (('status',), ('status', 'contoso', '--offline'), ('status', 'contoso'), ('drift', 'contoso'), ('history', 'contoso'),
              ('show', 'contoso'), ('step', 'contoso'), ('verify', 'contoso'), ('undo', 'contoso'), ('rehearse', 'contoso', '--runs', '1'),
              ('apply', 'contoso', '--yes'), ('plan', 'contoso'), ('validate',), ('discover', '--tenant', contoso.TENANT),
              ('fleet', 'status'), ('fleet', 'gate', 'all'), ('fleet', 'report'), ('fleet', 'plan'))

  def begin(self):
    twin = self.start()
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    self.ws.run('apply', self.plan, '--yes', expect=harness.WAITING)
    self.ws.write('fleet.yaml', FLEET)
    fleet = self.ws.run_json('fleet', 'plan', expect=harness.OK)['id']
    self.ws.git_init()
    self.ws.git_commit('all')
    return twin, fleet

  def all_end(self, place, secret):
    for args in self.COMMANDS:
      with self.subTest(place, args=args):
        result = self.ws.run(*args)  # what would wait for ever is an error of the harness
        self.assertNotIn(secret, result.out + result.err)

  def test_links_and_fifos_in_place_of_what_is_read(self):
    twin, fleet = self.begin()
    secret = 'canary-of-the-runner'
    outside = self.ws.dir / 'outside'
    outside.mkdir()
    (outside / 'file').write_text(f'{secret}\n')
    folder = f'plans/contoso/{self.plan}'
    writes = twin.writes()
    for path in (f'{folder}/plan.json', f'{folder}/snapshot.json', f'{folder}/journal.jsonl', f'fleets/{fleet}/fleet.json', 'customers/contoso.yaml',
                 'seatshift.yaml', 'fleet.yaml'):
      place, kept = self.ws.repo / path, self.ws.dir / 'kept'
      place.rename(kept)
      for kind in ('link', 'FIFO'):
        place.symlink_to(outside / 'file') if kind == 'link' else os.mkfifo(place)
        self.all_end(f'{path} is a {kind}', secret)
        place.unlink()
      kept.rename(place)
    self.assertEqual(twin.writes(), writes)

  def test_whole_folders_elsewhere(self):
    """The same files, in a folder that is a link: they are not what git has, so they do not count."""
    twin, fleet = self.begin()
    folder = f'plans/contoso/{self.plan}'
    for path, args in (('plans', ('status', 'contoso', '--offline')), ('plans/contoso', ('status', 'contoso', '--offline')),
                       (folder, ('status', 'contoso', '--offline')), (folder, ('show', self.plan)), ('plans/contoso', ('history', 'contoso')),
                       ('fleets', ('fleet', 'status', fleet)), (f'fleets/{fleet}', ('fleet', 'status', fleet)),
                       ('customers', ('validate',)), ('plans', ('discover', '--tenant', contoso.TENANT))):
      place, target = self.ws.repo / path, self.ws.dir / 'target'
      place.rename(target)
      place.symlink_to(target)
      with self.subTest(path, args=args):
        result = self.ws.run(*args)
        if args[0] != 'history':  # which reads from git
          self.assertNotEqual(result.status, harness.OK, result)
          self.assertIn('is a symbolic link', result.err)
      place.unlink()
      target.rename(place)

  def test_a_link_among_the_plans_keeps_nobody_from_the_others(self):
    self.begin()
    (self.ws.repo / 'plans/evil').symlink_to('/')
    (self.ws.repo / 'plans/contoso/elsewhere').symlink_to('/etc')
    for args in (('show', self.plan[:6]), ('status', 'contoso', '--offline'), ('discover', '--tenant', contoso.TENANT)):
      self.ws.run(*args, expect=harness.OK)

  def test_a_snapshot_of_another_tenant(self):
    """The facts beside a plan are those of its tenant, or nothing is concluded from them."""
    self.begin()
    path = self.ws.repo / 'plans/contoso' / self.plan / 'snapshot.json'
    path.write_text(path.read_text().replace(contoso.TENANT, contoso.CLIENT))
    for args in (('show', self.plan), ('verify', self.plan), ('rehearse', self.plan, '--runs', '1'), ('apply', self.plan, '--yes'), ('undo', self.plan)):
      with self.subTest(args):
        result = self.ws.run(*args, expect=harness.WRONG_TENANT)
        self.assertIn(f'is of tenant {contoso.CLIENT}', result.err)


if __name__ == '__main__':
  harness.main()
