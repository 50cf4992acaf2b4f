/*
 * Whether a GPP string opts out of the sale or sharing of data, or of targeted advertising, in the United States. Used by `consent.js`.
 */

/** Decodes base64 into bits, six for each letter; other characters stay. */
export const bitsOf = (text) =>
  text.replace(/[\w-]/g, (letter) => (64 + atob('AAA' + letter.replace('-', '+').replace('_', '/')).charCodeAt(2)).toString(2).slice(1));

// Fibonacci coding: a 1 adds the number of its place. The distances between the sections known here need no larger numbers.
const fibonacci = (code) => [...code].reduce((sum, bit, place) => sum + bit * [1, 2, 3, 5, 8, 13, 21][place], 0);

// Looks for an opt-out that is 1, in the section of the nation (7) or of a state; in Utah and Iowa, one more notice comes before the
// opt-outs. Also looks for GPC, which is in a segment of its own.
const optsOut = (id, section) => {
  if (id == 6) return /^..y/i.test(section);
  const upToThem = id == 7 ? '(01|10).{12}(..)?' : id == 11 || id == 18 ? '01.{8}' : '01.{6}';
  return id > 6 && id < 24 && RegExp(`\\.011|^0000${upToThem}(..)?01`).test(bitsOf(section));
};

/** A string that cannot be read counts as an opt-out. Sections that are not known here are passed over. */
export const gppOptsOut = (string) => {
  const [header, ...sections] = string.split('~');
  let id = 0;
  // The limit is three times the length of a header with all the sections that exist.
  let found = !/^(DB[\w-]{2,30})?$/.test(header);
  // The numbers of the sections, single ones or ranges, each as its distance from the previous one.
  bitsOf(header)
    .slice(24, 204)
    .replace(/(0|1(.*?1)1)(.*?1)1/g, (_, kind, first, last) => {
      id += fibonacci(first || last) - 1;
      for (let more = first ? fibonacci(last) : 0; sections[0] && more >= 0; more -= 1) found = optsOut(++id, sections.shift()) || found;
    });
  return found || !!sections[0];
};
