// Rules by which Chromium recognises ads, in the form of its filter list: a component in the profile, which it finds when it starts.
import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const VERSION = '1.0.0';
const FOLDER = 'Subresource Filter';

// Protocol buffers: the numbers of the fields are those of Chromium's `url_pattern_index/proto/rules.proto`.
const varint = (number) => (number > 127 ? [(number & 127) | 128, ...varint(number >>> 7)] : [number]);
const whole = (field, number) => [field << 3, ...varint(number)];
const bytes = (field, content) => [(field << 3) | 2, ...varint(content.length), ...content];

// Whatever has this anywhere in its address is an ad: every kind of resource but windows, from any site.
const rule = (part) => [
  ...whole(1, 1),
  ...whole(2, 1),
  ...whole(3, 0b111011111111111),
  ...whole(6, 1),
  ...whole(7, 1),
  ...whole(8, 1),
  ...bytes(10, Buffer.from(part)),
];

/** Puts rules for these parts of addresses into a profile that no browser has used so far. */
export async function writeAdRules(profile, parts) {
  const folder = join(profile, FOLDER, 'Unindexed Rules', VERSION);
  const rules = parts.flatMap((part) => bytes(1, rule(part)));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'Filtering Rules'), Buffer.from([...varint(rules.length), ...rules]));
  await writeFile(
    join(folder, 'manifest.json'),
    JSON.stringify({ manifest_version: 2, name: 'Subresource Filtering Rules', ruleset_format: 1, version: VERSION }),
  );
}

/** Whether the browser has read them. */
export async function adRulesRead(profile) {
  const indexed = join(profile, FOLDER, 'Indexed Rules');
  const formats = await readdir(indexed).catch(() => []);
  const found = await Promise.all(
    formats.map((format) =>
      access(join(indexed, format, VERSION, 'Ruleset Data')).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
