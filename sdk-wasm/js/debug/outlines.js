/* Outlines of the slots, drawn over them: the page's own elements stay as they are. */
import { element } from './dom.js';
import { adOf, stateOf } from './states.js';

const tones = { good: 'var(--green)', warn: 'var(--amber)', bad: 'var(--red)', busy: 'var(--blue)', plain: 'var(--soft)' };

/** `layer` holds them, `draw` brings them up to date, `end` takes them away. */
export const outlines = (known) => {
  const layer = element('div', { className: 'layer', 'aria-hidden': 'true' });
  const boxes = new Map();
  const draw = () => {
    const codes = known.codes();
    boxes.forEach((box, code) => {
      if (codes.includes(code) && document.getElementById(code)) return;
      box.remove();
      boxes.delete(code);
    });
    codes.forEach((code) => {
      const place = document.getElementById(code);
      if (!place) return;
      if (!boxes.has(code)) {
        boxes.set(code, element('div', { className: 'frame' }, element('span', { className: 'label' })));
        layer.append(boxes.get(code));
      }
      const box = boxes.get(code);
      const { left, top, width, height } = place.getBoundingClientRect();
      const [text, tone] = stateOf(known, code);
      const ad = adOf(known, code);
      Object.assign(box.style, { left: left + 'px', top: top + 'px', width: width + 'px', height: Math.max(height, 20) + 'px' });
      box.style.setProperty('--tone', tones[tone]);
      box.firstChild.textContent = [code, text, ad && (ad.bidder || ad.source), ad && ad.creative_size].filter(Boolean).join(' · ');
    });
  };
  let due;
  const later = () => {
    due = due || requestAnimationFrame(() => ((due = 0), draw()));
  };
  const sizes = new ResizeObserver(later);
  sizes.observe(document.documentElement);
  addEventListener('scroll', later, { capture: true, passive: true });
  addEventListener('resize', later);
  const end = () => {
    sizes.disconnect();
    removeEventListener('scroll', later, { capture: true });
    removeEventListener('resize', later);
  };
  return { layer, draw, end };
};
