// What `npm pack` would publish, and whether its types agree with what the documents show.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const sdk = process.env.EARLYBID_SDK_DIR || join(root, 'target/sdk');
const require = createRequire(join(root, 'package.json'));

test('the tarball holds the built files, types and licences, and nothing else', () => {
  const [{ name, version, files }] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline'], {
      cwd: sdk,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  assert.equal(name, 'earlybid');
  assert.match(readFileSync(join(root, 'Cargo.toml'), 'utf8'), new RegExp(`version = "${version}"`));
  const paths = files.map(({ path }) => path);
  for (const path of [
    'LICENSE-APACHE',
    'LICENSE-MIT',
    'README.md',
    'apstag.d.ts',
    'apstag.js',
    'creative.js',
    'fallback.js',
    'index.d.ts',
    'loader-consent.js',
    'loader.js',
    'package.json',
    'pbjs.d.ts',
    'pbjs.js',
    'render.js',
    'sdk.js',
    'sdk.wasm',
    'telemetry.js',
  ])
    assert.ok(paths.includes(path), path);
  assert.deepEqual(
    paths.filter((path) => !/^(LICENSE-(APACHE|MIT)|README\.md|package\.json|[\w-]+\.(js|wasm|d\.ts))$/.test(path)),
    [],
  );
});

test('a server that renders pages may import the package: nothing happens, and nothing is thrown', () => {
  const folder = mkdtempSync(join(tmpdir(), 'earlybid-server-'));
  try {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(sdk, join(folder, 'node_modules/earlybid'));
    const call =
      "Promise.all(['earlybid', 'earlybid/pbjs', 'earlybid/apstag'].map((name) => import(name))).then((all) => console.log(all.map(Object.keys).flat().length))";
    assert.equal(
      execFileSync(process.execPath, ['--input-type=module', '--preserve-symlinks', '-e', call], { encoding: 'utf8', cwd: folder }),
      '0\n',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the types hold for a page that uses every public call', () => {
  const folder = mkdtempSync(join(tmpdir(), 'earlybid-types-'));
  try {
    cpSync(join(root, 'sdk-wasm/tests/types'), folder, { recursive: true });
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(sdk, join(folder, 'node_modules/earlybid'));
    const compiler = require.resolve('typescript/bin/tsc');
    const printed = execFileSync(process.execPath, [compiler, '--project', folder, '--preserveSymlinks'], {
      encoding: 'utf8',
      cwd: folder,
    });
    assert.equal(printed, '');
  } catch (error) {
    assert.fail(error.stdout || error.message);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
