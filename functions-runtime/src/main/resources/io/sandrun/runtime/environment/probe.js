// Runs in a sandbox: loads what an environment promises and tells what it met, one line per finding (ProbeAnswer).
// Standard input has one package per line: its name, then its modules. Those of the name "*" belong to none.
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');

const answer = [];
const say = (...words) =>
  answer.push(words.map((word) => String(word).split(/\s+/).join(' ').slice(0, 1000)).join('\t'));
// What the packages print when they are loaded must not get among the findings.
process.stdout.write = process.stderr.write.bind(process.stderr);

const folders = (process.env.NODE_PATH || '').split(':').filter((folder) => folder !== '');

function manifest(name) {
  for (const folder of folders) {
    const file = path.join(folder, name, 'package.json');
    if (fs.existsSync(file)) {
      return { file, version: JSON.parse(fs.readFileSync(file, 'utf8')).version || '' };
    }
  }
  return { file: '', version: '' };
}

async function load(name) {
  try {
    require(name);
  } catch (problem) {
    if (problem.code !== 'ERR_REQUIRE_ESM' && problem.code !== 'ERR_REQUIRE_ASYNC_MODULE') {
      throw problem;
    }
    await import(pathToFileURL(require.resolve(name)));
  }
}

async function main() {
  for (const line of fs.readFileSync(0, 'utf8').split('\n').filter((text) => text !== '')) {
    const [name, ...modules] = line.split('\t');
    let module = '';
    try {
      for (module of modules) {
        await load(module);
      }
      if (name !== '*') {
        const { file, version } = manifest(name);
        say('package', name, version);
        say('file', file);
      }
    } catch (problem) {
      say('failed', name, module, String(problem).split('\n')[0]);
    }
  }
  folders.forEach((folder) => say('file', folder));
  say('done');
  fs.writeSync(1, answer.join('\n') + '\n');
  process.exit(0);
}

main();
