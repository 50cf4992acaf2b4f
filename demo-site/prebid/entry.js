// The real Prebid.js with the adapter that speaks to a Prebid Server, and nothing else:
// what a publisher who moves all bidding to the server would build.
import pbjs from 'prebid.js';
import 'prebid.js/modules/prebidServerBidAdapter.js';

pbjs.processQueue();
