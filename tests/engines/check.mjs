// Holds one generated file to its engine's own checker: node check.mjs KIND FILE. Complaints go to stdout.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(process.cwd() + '/');
const [kind, file] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
let complaints = [];

if (kind === 'github') {
  const { validateWorkflow } = require('@action-validator/core');
  complaints = validateWorkflow(text).errors;
} else if (kind === 'kubernetes') {
  const { Job } = require('kubernetes-models/batch/v1');
  const yaml = require('js-yaml');
  try {
    new Job(yaml.load(text)).validate();
  } catch (error) {
    complaints = [String(error.message || error)];
  }
} else {
  complaints = [`no checker for ${kind}`];
}
for (const complaint of complaints) {
  console.log(typeof complaint === 'string' ? complaint : JSON.stringify(complaint));
}
process.exitCode = complaints.length ? 1 : 0;
