// The recipe site's own script: servings, ticked-off ingredients, timers, search suggestions, and ads that are wider than
// the screen. RECIPE_INDEX is put in front of it by the server.
(function () {
  'use strict';

  const base = document.body.dataset.base || '/';
  const suffix = document.body.dataset.suffix || '';

  // ----- Servings: amounts scale with the number of people. -----

  const FRACTIONS = [
    [0.25, '¼'],
    [0.5, '½'],
    [0.75, '¾'],
  ];

  function amountText(amount) {
    const whole = Math.floor(amount + 0.01);
    const rest = amount - whole;
    const fraction = FRACTIONS.find(([value]) => Math.abs(value - rest) < 0.07);
    if (fraction) return `${whole || ''}${fraction[1]}`;
    if (amount >= 20) return String(Math.round(amount / 5) * 5);
    return String(Math.round(amount * 10) / 10);
  }

  function setUpServings(box) {
    const original = Number(box.dataset.serves);
    const shown = box.querySelector('[data-count]');
    let count = original;
    function show() {
      shown.textContent = String(count);
      document.querySelectorAll('[data-amount]').forEach((element) => {
        element.textContent = amountText((Number(element.dataset.amount) * count) / original);
      });
    }
    box.querySelectorAll('[data-change]').forEach((button) => {
      button.addEventListener('click', () => {
        count = Math.min(24, Math.max(1, count + Number(button.dataset.change)));
        show();
      });
    });
    show();
  }

  // ----- Ingredients stay ticked off until the recipe has been cooked. -----

  function readTicks(key) {
    try {
      return new Set(JSON.parse(localStorage.getItem(key) || '[]'));
    } catch {
      return new Set();
    }
  }

  function setUpTicks(list) {
    const key = `ticked:${list.dataset.recipe}`;
    const ticked = readTicks(key);
    list.querySelectorAll('input[type=checkbox]').forEach((box, index) => {
      box.checked = ticked.has(index);
      box.addEventListener('change', () => {
        if (box.checked) ticked.add(index);
        else ticked.delete(index);
        try {
          localStorage.setItem(key, JSON.stringify(Array.from(ticked)));
        } catch {
          // Storage may be full or forbidden; ticks then last as long as the page.
        }
      });
    });
  }

  // ----- Timers: "25 minutes" in a step becomes a button. -----

  const MINUTES = /(\d+) minutes?/;

  function setUpTimer(step) {
    const found = MINUTES.exec(step.textContent);
    if (!found) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'timer';
    button.textContent = `Start ${found[1]}:00`;
    step.append(' ', button);
    let ticking = 0;
    button.addEventListener('click', () => {
      clearInterval(ticking);
      const end = performance.now() + Number(found[1]) * 60000;
      const tick = () => {
        const left = Math.max(0, Math.round((end - performance.now()) / 1000));
        button.textContent = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}` : 'Done';
        if (!left) clearInterval(ticking);
      };
      ticking = setInterval(tick, 1000);
      tick();
    });
  }

  // ----- Search: suggestions while typing. -----

  const prepared = RECIPE_INDEX.map((recipe) => ({
    ...recipe,
    titleWords: recipe.title.toLowerCase(),
    allWords: `${recipe.title} ${recipe.category} ${recipe.words}`.toLowerCase(),
  }));

  function suggest(query) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    return prepared
      .filter((recipe) => words.every((word) => recipe.allWords.includes(word)))
      .map((recipe) => ({ recipe, hits: words.filter((word) => recipe.titleWords.includes(word)).length }))
      .sort((a, b) => b.hits - a.hits)
      .slice(0, 5)
      .map(({ recipe }) => recipe);
  }

  function setUpSearch(form) {
    const input = form.querySelector('input[type=search]');
    const list = document.createElement('ul');
    list.className = 'suggestions';
    list.hidden = true;
    form.append(list);
    function show() {
      const found = suggest(input.value);
      list.replaceChildren(
        ...found.map((recipe) => {
          const link = document.createElement('a');
          link.href = `${base}recipes/${recipe.slug}${suffix}`;
          link.textContent = recipe.title;
          const item = document.createElement('li');
          item.append(link);
          return item;
        }),
      );
      list.hidden = found.length === 0;
    }
    input.addEventListener('input', show);
    input.addEventListener('focus', show);
    document.addEventListener('click', (event) => {
      if (!form.contains(event.target)) list.hidden = true;
    });
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') list.hidden = true;
    });
  }

  // ----- Ads wider than their place (a leaderboard on a phone) are shown smaller, not cut off. -----

  function setUpAdScale(place) {
    function scale() {
      const slot = place.querySelector('.ad-slot');
      const ad = slot.firstElementChild && slot.querySelector('iframe');
      const wide = ad ? ad.offsetWidth : 0;
      const factor = wide > place.clientWidth ? place.clientWidth / wide : 1;
      if (slot.style.getPropertyValue('--ad-scale') === factor.toFixed(4)) return;
      slot.style.setProperty('--ad-scale', factor.toFixed(4));
      slot.classList.toggle('scaled', factor < 1);
    }
    new MutationObserver(scale).observe(place, { childList: true, subtree: true, attributeFilter: ['width', 'style'] });
    new ResizeObserver(scale).observe(place);
    scale();
  }

  document.querySelectorAll('[data-serves]').forEach(setUpServings);
  document.querySelectorAll('[data-recipe]').forEach(setUpTicks);
  document.querySelectorAll('.steps li p').forEach(setUpTimer);
  document.querySelectorAll('form[role=search]').forEach(setUpSearch);
  document.querySelectorAll('.ad-place').forEach(setUpAdScale);
})();
