// Part 3: sizes, and the mapping from viewports to sizes.

function isPair(value) {
  return Array.isArray(value) && value.length === 2 && value.every((side) => Number.isInteger(side) && side > 0);
}

// One size, a list of sizes, or 'fluid', as a list of pairs; 'fluid' gives none, as this ad server has no fluid creatives.
function sizeList(sizes) {
  if (isPair(sizes)) return [sizes.slice()];
  if (!Array.isArray(sizes)) return [];
  return sizes.filter(isPair).map((size) => size.slice());
}

class SizeMappingBuilder {
  constructor() {
    this.mapping = [];
    this.valid = true;
  }

  addSize(viewport, sizes) {
    const good = Array.isArray(viewport) && viewport.length === 2 && viewport.every((side) => side >= 0);
    if (good) this.mapping.push([viewport.slice(), sizes]);
    else this.valid = false;
    return this;
  }

  build() {
    if (!this.valid) {
      warn('size mapping is not valid');
      return null;
    }
    // The largest viewport that fits decides, so the order in which they were added does not matter.
    return this.mapping.slice().sort((a, b) => b[0][0] - a[0][0] || b[0][1] - a[0][1]);
  }
}

// What the mapping says for a viewport; undefined where the viewport is smaller than any that it names.
function mappedSizes(mapping, width, height) {
  const row = mapping.find(([[w, h]]) => width >= w && height >= h);
  return row && row[1];
}
