/*
 * The creative of header bidding line items, inline in the ad server: asks the page for the winner's markup and
 * writes it into its own frame.
 *
 * It uses the messages of the Prebid Universal Creative, so it works with Prebid.js as well, and needs the same
 * macros. It saves the first ad the fetch of a script, and a frame within the frame.
 *
 *   <script>var earlybidCreative={adId:"%%PATTERN:hb_adid%%",pubUrl:"%%PATTERN:url%%"}</script>
 *   <script>(contents of creative.js)</script>
 */
((win, doc, options) => {
  const adId = options.adId;

  // The page is the nearest window above that has the locator frame; windows of other origins cannot be looked into.
  let page = win.parent;
  try {
    while (page != win.top && !page.frames.__pb_locator__) page = page.parent;
  } catch {
    page = win.parent;
  }

  let origin = '*';
  try {
    origin = new URL(options.pubUrl).origin;
  } catch {
    // Without the page's address any page may answer; the request contains nothing but the bid's name and the click address.
  }

  const say = (message, fields, ports) => page.postMessage(JSON.stringify(Object.assign({ message, adId }, fields)), origin, ports);
  const tell = (event, info) => say('Prebid Event', { event, info }, [new MessageChannel().port2]);

  // Reports come while the browser removes the frame for using too much. The observer is kept, or it would be garbage-collected.
  if (win.ReportingObserver) {
    options.observer = new ReportingObserver(
      (reports) => {
        // A blocked call, such as `vibrate()`, is an intervention, too; the ad stays then.
        const intervention = reports.find(({ body }) => body.id == 'HeavyAdIntervention');
        if (intervention) say('Prebid Event', { event: 'browserIntervention', intervention }, [new MessageChannel().port2]);
      },
      { types: ['intervention'], buffered: true },
    );
    options.observer.observe();
  }

  const show = (answer) => {
    doc.open();
    // The frame fires `load` again for its new document; only then has the ad been shown. Opening the document has removed
    // all listeners, so this one is added after that.
    win.addEventListener('load', () => tell('adRenderSucceeded'), { once: true });
    doc.write(answer.ad || '<iframe frameborder="0" scrolling="no" width="100%" height="100%"></iframe>');
    if (!answer.ad) doc.querySelector('iframe').src = answer.adUrl;
    doc.close();
    doc.documentElement.style.cssText = 'margin:0;overflow:hidden';
    if (doc.body) doc.body.style.margin = 0;
  };

  const channel = new MessageChannel();
  channel.port1.onmessage = (event) => {
    try {
      const answer = JSON.parse(event.data);
      if (answer.message != 'Prebid Response' || answer.adId != adId) return;
      if (!answer.ad && !answer.adUrl) return tell('adRenderFailed', { reason: 'noAd', message: 'no markup' });
      const start = () => show(answer);
      if (doc.readyState == 'complete') start();
      else win.addEventListener('load', start, { once: true });
    } catch (error) {
      tell('adRenderFailed', { reason: 'exception', message: String(error) });
    }
  };
  say('Prebid Request', { options: { clickUrl: options.clickUrl } }, [channel.port2]);
})(window, document, window.earlybidCreative || {});
