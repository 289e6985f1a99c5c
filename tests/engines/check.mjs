// Holds one generated file to its engine's own checker: node check.mjs KIND FILE. Complaints go to stdout.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(process.cwd() + '/');
const [kind, file] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
let complaints = [];

// The language service of Azure Pipelines, as an editor uses it.
async function azure() {
  const service = require('azure-pipelines-language-service');
  const { TextDocument } = require('vscode-languageserver-textdocument');
  const schema = JSON.parse(readFileSync(new URL('azure.schema.json', import.meta.url), 'utf8'));
  console.log = () => {}; // it tells what it does
  const server = service.getLanguageService(async () => schema, [], async () => 'azure');
  server.configure({ validate: true });
  const document = TextDocument.create('azure-pipelines.yml', 'azure-pipelines', 1, text);
  const found = await server.doValidation(document, service.parse(text, []));
  return found.map(item => `${item.range.start.line + 1}: ${item.message}`);
}

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
} else if (kind === 'azure') {
  complaints = await azure();
} else {
  complaints = [`no checker for ${kind}`];
}
for (const complaint of complaints) {
  process.stdout.write((typeof complaint === 'string' ? complaint : JSON.stringify(complaint)) + '\n');
}
process.exitCode = complaints.length ? 1 : 0;
