// Stand-in for the Google Publisher Tag's gpt.js: a small first script that loads the real one, pubads_impl.js.
// It keeps what the page has queued in googletag.cmd and adds nothing of its own until then.
(function () {
  'use strict';
  var googletag = (window.googletag = window.googletag || {});
  googletag.cmd = googletag.cmd || [];
  if (googletag._implRequested_) {
    console.warn('[GPT] gpt.js was loaded twice; the second copy does nothing');
    return;
  }
  googletag._implRequested_ = true;
  var own = document.currentScript;
  var script = document.createElement('script');
  script.async = true;
  script.src = new URL('pubads_impl.js', own ? own.src : location.href).href;
  (document.head || document.documentElement).appendChild(script);
})();
