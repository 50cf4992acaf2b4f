// What the tests know about the demo site: its variants, kinds of page and slots.

export const VARIANTS = ['waterfall', 'serial', 'prebid', 'early'];

/** The kinds of page with their slots; the recipe's address is found on the home page. */
export const PAGES = {
  home: { slots: ['div-top', 'div-side'], path: () => '' },
  recipe: { slots: ['div-top', 'div-side', 'div-bottom'], path: (slug) => `recipes/${slug}` },
  search: { slots: ['div-top', 'div-side'], path: () => 'search?q=soup' },
};

/** The address of a page. */
export function pageUrl(site, variant, kind, slug, query = '') {
  const url = new URL(`/${variant}/${PAGES[kind].path(slug)}`, site);
  for (const [key, value] of new URLSearchParams(query)) url.searchParams.set(key, value);
  return url.href;
}

/** The first recipe that the home page links to. */
export async function firstRecipe(site) {
  const html = await (await fetch(new URL('/early/', site))).text();
  const link = /\/early\/recipes\/([a-z0-9-]+)/.exec(html);
  if (!link) throw new Error('the home page links to no recipe');
  return link[1];
}
