/*
 * Whether a GPP string opts out of the sale or sharing of data, or of targeted advertising, in the United States. Used by `consent.js`.
 */

/** Base64 as bits, six a letter; what it does not know stays. */
export const bitsOf = (text) =>
  text.replace(/[\w-]/g, (letter) => (64 + atob('AAA' + letter.replace('-', '+').replace('_', '/')).charCodeAt(2)).toString(2).slice(1));

// The code of a number says of which of these it is the sum. Sections that are further from another than that are not known here.
const fibonacci = (code) => [...code].reduce((sum, bit, place) => sum + bit * [1, 2, 3, 5, 8, 13, 21][place], 0);

// The opt-outs, where they are 1, of the nation (7) and of a state, which come after a further notice in Utah and Iowa; or GPC, in a
// segment of its own.
const optsOut = (id, section) => {
  if (id == 6) return /^..y/i.test(section);
  const upToThem = id == 7 ? '(01|10).{12}(..)?' : id == 11 || id == 18 ? '01.{8}' : '01.{6}';
  return id > 6 && id < 24 && RegExp(`\\.011|^0000${upToThem}(..)?01`).test(bitsOf(section));
};

/** What cannot be read opts out too. Sections that nobody knows here are passed over. */
export const gppOptsOut = (string) => {
  const [header, ...sections] = string.split('~');
  let id = 0;
  // Three times as long as with all the sections that there are.
  let found = !/^(DB[\w-]{2,30})?$/.test(header);
  // The numbers of the sections, single ones or rows of them, each by its distance from the one before.
  bitsOf(header)
    .slice(24, 204)
    .replace(/(0|1(.*?1)1)(.*?1)1/g, (_, kind, first, last) => {
      id += fibonacci(first || last) - 1;
      for (let more = first ? fibonacci(last) : 0; sections[0] && more >= 0; more -= 1) found = optsOut(++id, sections.shift()) || found;
    });
  return found || !!sections[0];
};
