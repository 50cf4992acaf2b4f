// pubads_impl.js: stand-in for the Google Publisher Tag, for pages under test. All parts share one closure.
// Left out: companion ads, fluid creatives, and creatives of the formats that the tag itself manages (anchors, interstitials,
// rewarded ads); slots for them come back empty.
//
// Part 1: where the script came from, and the log behind googletag.openConsole().

const VERSION = 'standin-1';
const ownScript = document.currentScript;
const adServerOrigin = new URL(ownScript ? ownScript.src : location.href, location.href).origin;
const logged = [];

function note(message) {
  logged.push({ time: performance.now(), level: 'info', message });
}

function warn(message) {
  logged.push({ time: performance.now(), level: 'warning', message });
  console.warn('[GPT] ' + message);
}
