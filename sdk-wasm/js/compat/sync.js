/*
 * Asks the bid server which bidders do not know the visitor yet, and calls them: once per page, only where storage is allowed,
 * and three seconds after the first auction unless the page sets another delay, so that it takes nothing from the ads.
 */
import { uuid } from './post.js';

let done;
let planned;

const call = ({ type, url }, frames) => {
  if (type == 'iframe') {
    if (!frames) return;
    const frame = Object.assign(document.createElement('iframe'), { src: url, width: 0, height: 0 });
    frame.style.display = 'none';
    document.body.appendChild(frame);
  } else {
    new Image().src = url;
  }
};

/** Cancels the calls that are planned, and plans no more. */
export const cancelSync = () => {
  done = 1;
  clearTimeout(planned);
};

/** Plans the calls to `url`; `regs` and `user` are those of the auction. */
export const syncLater = (url, server, settings = {}, { regs = {}, user = {} }) => {
  if (done || !url || settings.syncEnabled === false) return;
  done = 1;
  const iframe = settings.filterSettings?.iframe;
  const frames = !!iframe && iframe.filter != 'exclude';
  const body = {
    uuid: uuid(),
    bidders: server.bidders,
    account: server.accountId,
    coopSync: server.coopSync,
    limit: server.userSyncLimit,
    gdpr: regs.gdpr,
    gdpr_consent: user.consent,
    us_privacy: regs.us_privacy,
    gpp: regs.gpp,
    gpp_sid: (regs.gpp_sid || []).join(',') || undefined,
    filterSettings: { image: { bidders: '*', filter: 'include' }, iframe: { bidders: '*', filter: frames ? 'include' : 'exclude' } },
  };
  planned = setTimeout(
    () => {
      fetch(url, { method: 'POST', body: JSON.stringify(body), credentials: 'include', priority: 'low' })
        .then((response) => response.json())
        .then((answer) =>
          (answer.bidder_status || []).forEach(({ no_cookie: unknown, usersync }) => unknown && usersync && call(usersync, frames)),
        )
        .catch(() => {});
    },
    settings.syncDelay === undefined ? 3000 : settings.syncDelay,
  );
};
