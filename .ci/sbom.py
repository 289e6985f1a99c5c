#!/usr/bin/env python3
"""Prints the parts of the Debian package as SPDX 2.3 JSON: the program, and each library that it asks for.

Usage: sbom.py VERSION COMMIT EPOCH DEB   The libraries are the package's own Depends: what is installed with it is
chosen by who installs. The same package gives the same bytes.
"""

import datetime
import hashlib
import json
import pathlib
import re
import subprocess
import sys


def depends(deb):
  """(package, constraint) of each dependency, as the package says."""
  text = subprocess.run(['dpkg-deb', '-f', deb, 'Depends'], capture_output=True, text=True, check=True).stdout
  for part in filter(None, map(str.strip, text.split(','))):
    name, constraint = re.fullmatch(r'([a-z0-9.+-]+)(?:\s*\((.*)\))?(?:\s*\|.*)?', part).groups()
    yield name, constraint


def package(name, version, **more):
  return {'SPDXID': f'SPDXRef-Package-{re.sub("[^A-Za-z0-9.-]", "-", name)}', 'name': name, 'versionInfo': version,
          'downloadLocation': 'NOASSERTION', 'filesAnalyzed': False, 'copyrightText': 'NOASSERTION',
          'licenseConcluded': 'NOASSERTION', 'licenseDeclared': 'NOASSERTION', **more}


def main():
  version, commit, epoch, deb = sys.argv[1:]
  digest = hashlib.sha256(pathlib.Path(deb).read_bytes()).hexdigest()
  own = package('seatshift', version, licenseConcluded='MIT', licenseDeclared='MIT',
                copyrightText='Copyright (c) 2026 The seatshift authors', sourceInfo=f'commit {commit}',
                packageFileName=pathlib.Path(deb).name, checksums=[{'algorithm': 'SHA256', 'checksumValue': digest}],
                primaryPackagePurpose='APPLICATION')
  others = [package(name, constraint or 'any', primaryPackagePurpose='LIBRARY' if name.startswith('lib') else 'APPLICATION',
                    externalRefs=[{'referenceCategory': 'PACKAGE-MANAGER', 'referenceType': 'purl',
                                   'referenceLocator': f'pkg:deb/debian/{name}'}])
            for name, constraint in sorted(depends(deb))]
  created = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')
  document = {
    'spdxVersion': 'SPDX-2.3', 'dataLicense': 'CC0-1.0', 'SPDXID': 'SPDXRef-DOCUMENT', 'name': f'seatshift-{version}',
    'documentNamespace': f'urn:seatshift:sbom:{digest}',
    'creationInfo': {'created': created, 'creators': ['Tool: .ci/sbom.py']},
    'packages': [own, *others],
    'relationships': [
      {'spdxElementId': 'SPDXRef-DOCUMENT', 'relationshipType': 'DESCRIBES', 'relatedSpdxElement': own['SPDXID']},
      *({'spdxElementId': own['SPDXID'], 'relationshipType': 'DEPENDS_ON', 'relatedSpdxElement': other['SPDXID']}
        for other in others)],
  }
  print(json.dumps(document, indent=1, sort_keys=True))


if __name__ == '__main__':
  main()
