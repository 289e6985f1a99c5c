"""README.md: the plan that it shows is the one that the example gives, but for its id.

UPDATE_GOLDEN=1 rewrites that part.
"""

import json
import os
import pathlib
import re

import harness

DAY = '2026-12-01T09:00:00Z'  # on which the README is written, whatever day it is
README = pathlib.Path(__file__).resolve().parents[2] / 'README.md'
PART = re.compile(r'(<!-- plan:begin[^\n]*-->\n```\n\$ seatshift plan contoso\n)(.*?)(```\n<!-- plan:end -->)', re.S)
PLAN_ID = re.compile(r'(Plan |seatshift apply )[0-9a-f]+')


def first_screen(text):
  """All but the details of the steps, which the README leaves out and says so."""
  before, _, rest = text.partition('\n  Step 1,')
  return before + '…\n' + rest[rest.index('Apply it with:'):] if rest else text


class Readme(harness.TestCase):
  def test_the_plan_shown_is_real(self):
    self.ws.run('init', '--example', '.', env={**harness.NOWHERE, 'SEATSHIFT_CLOCK': DAY}, expect=harness.OK)
    twin = self.twin(json.loads((self.ws.repo / 'twin.json').read_text()), clock=DAY)
    env = twin.env(AZURE_CLIENT_SECRET='twin-client-secret', SEATSHIFT_CLOCK=DAY)
    # At a terminal, as in the README, nobody has to say --yes beforehand.
    shown = first_screen(self.ws.run('plan', 'contoso', env=env, expect=harness.OK).out).replace(' --yes\n', '\n')
    text = README.read_text()
    if os.environ.get('UPDATE_GOLDEN'):
      text = PART.sub(lambda part: part[1] + shown + part[3], text)
      README.write_text(text)
    shown, there = (PLAN_ID.sub(r'\1ID', one) for one in (shown, PART.search(text)[2]))
    self.assertEqual(there.splitlines(), shown.splitlines(), 'README.md')


if __name__ == '__main__':
  harness.main()
