"""No password in an address comes out again, and no link or pipe is read in place of a file of the repository."""

import os
import shutil
import subprocess

import contoso
import harness
from looking import Looking

PASSWORD = 'canary-Pw7.address'
FORMS = ('https://alex:{}@contoso.example', 'https://alex:{}@contoso.example/v1.0', 'https://alex:{}@', 'https:/alex:{}@x',
         'https//alex:{}@x', 'alex:{}@contoso.example:8080', 'https://alex:{}@[::1', 'https://alex:{}@x:99999', 'ftp://alex:{}@x',
         'https://{}@x', 'https://alex:a@{}@x', 'https://alex:{}@x y', 'HTTPS://ALEX:{}@X', '\\\\alex:{}@x', '://alex:{}@x')
VARIABLES = ('SEATSHIFT_GRAPH_URL', 'SEATSHIFT_LOGIN_URL', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY')


class Passwords(Looking):

  def silent(self, result):
    text = (result.out + result.err).lower()
    self.assertNotIn(PASSWORD.lower(), text, result)
    return result

  def test_endpoints(self):
    self.start()
    for name in VARIABLES[:2]:
      for form in FORMS:
        for args in (('plan', 'contoso', '-v'), ('doctor', 'contoso', '--format', 'json')):
          with self.subTest(form, variable=name):
            result = self.silent(self.ws.run(*args, '--deadline', '1s', env={name: form.format(PASSWORD)}))
            self.assertNotEqual(result.status, harness.OK)

  def test_proxies(self):
    """The service is elsewhere, so the proxy is asked; nobody is there."""
    self.start()
    elsewhere = {name: 'https://graph.invalid' for name in VARIABLES[:2]}
    for name in VARIABLES[2:]:
      for form in FORMS:
        with self.subTest(form, variable=name):
          env = {**elsewhere, name: form.format(PASSWORD), 'no_proxy': ''}
          result = self.silent(self.ws.run('plan', 'contoso', '-v', '--deadline', '1s', env=env))
          self.assertNotEqual(result.status, harness.OK)

  def test_identity_endpoints(self):
    self.start()
    for form in FORMS:
      address = form.format(PASSWORD)
      for method, env in (('managed-identity', {'IDENTITY_ENDPOINT': address, 'IDENTITY_HEADER': 'x' * 20}),
                          ('managed-identity', {'AZURE_POD_IDENTITY_AUTHORITY_HOST': address}),
                          ('workload-identity', {'ACTIONS_ID_TOKEN_REQUEST_URL': address, 'ACTIONS_ID_TOKEN_REQUEST_TOKEN': 'x' * 20})):
        self.ws.write('seatshift.yaml', contoso.POLICY.replace('client-secret', method))
        with self.subTest(form, method=method):
          result = self.silent(self.ws.run('plan', 'contoso', '-v', '--deadline', '1s', env=env))
          self.assertNotEqual(result.status, harness.OK)

  def test_remotes(self):
    self.start()
    self.ws.git_commit('files')
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    self.ws.git('remote', 'add', 'origin', 'x')
    for form in FORMS:
      with self.subTest(form):
        subprocess.run(['git', 'config', '--file', '.git/config', 'remote.origin.url', form.format(PASSWORD)], cwd=self.ws.repo,
                       check=True)
        self.silent(self.ws.run('apply', plan, '--yes', '--commit', '--push-deadline', '1s', '-v', env={'HTTPS_PROXY': 'http://127.0.0.1:9'}))
        self.silent(self.ws.run('doctor', '-v'))
    journal = self.folder({'id': plan}) / 'journal.jsonl'
    self.assertNotIn(PASSWORD, journal.read_text() if journal.exists() else '')


class Links(Looking):

  def replaced(self, path, how):
    """The file is elsewhere, whole, and something else stands in its place."""
    path, away = self.ws.repo / path, self.ws.dir / 'away'
    shutil.rmtree(away, ignore_errors=True)
    away.mkdir()
    target = away / path.name
    path.rename(target)
    if how == 'link':
      path.symlink_to(target)
    elif how == 'link within':
      shutil.copy(target, self.ws.repo / 'other')
      path.symlink_to(self.ws.repo / 'other')
    elif how == 'pipe':
      os.mkfifo(path)
    elif how == 'folder':
      path.mkdir()
    elif how == 'device':
      path.symlink_to('/dev/zero')
    return target

  def back(self, path, target):
    path = self.ws.repo / path
    path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    target.rename(path)

  def test_in_place_of_a_file(self):
    self.start()
    customer = self.ws.repo / 'customers/contoso.yaml'
    customer.write_text(customer.read_text().replace('- holders_of: advisor', '- csv: people.csv'))
    self.ws.write('customers/people.csv', 'upn\nadele.vance@contoso.com\n')
    self.ws.run('validate', expect=harness.OK)
    for path in ('customers/contoso.yaml', 'customers/people.csv', 'seatshift.yaml'):
      for how in ('link', 'link within', 'pipe', 'folder', 'device'):
        with self.subTest(path, how=how):
          target = self.replaced(path, how)
          for args in (('validate',), ('plan', 'contoso'), ('status', '--offline')):
            if (args[0] == 'validate' and how == 'folder') or (args[0] == 'status' and 'people' not in path):
              continue
            result = self.ws.run(*args, timeout=30)
            self.assertIn(result.status, (harness.INVALID, harness.ERROR), result)
            self.assertRegex(result.err, 'is a symbolic link|is not a plain file|Is a directory|there is no seatshift.yaml')
          self.back(path, target)
    self.ws.run('validate', expect=harness.OK)

  def test_a_folder_that_is_a_link(self):
    self.start()
    (self.ws.repo / 'customers').rename(self.ws.dir / 'elsewhere')
    (self.ws.repo / 'customers').symlink_to(self.ws.dir / 'elsewhere')
    self.assertIn('is a symbolic link, or is reached by one', self.ws.run('plan', 'contoso', expect=harness.INVALID).err)

  def test_a_saved_plan(self):
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    for name in ('plan.json', 'snapshot.json'):
      for how in ('link', 'pipe'):
        with self.subTest(name, how=how):
          path = f'plans/contoso/{plan}/{name}'
          target = self.replaced(path, how)
          for args in (('show', plan), ('verify', plan), ('apply', plan, '--yes')):
            self.assertIn(self.ws.run(*args, timeout=30).status, (harness.INVALID, harness.ERROR))
          self.back(path, target)
    self.ws.run('verify', plan, expect=harness.OK)


if __name__ == '__main__':
  harness.main()
