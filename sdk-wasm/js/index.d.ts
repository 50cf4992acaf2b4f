/** Types of the page config and of `window.earlybid`. See docs/page-config.md. */

/** Width and height in CSS pixels. */
export type Size = [width: number, height: number];

/** The page config: JSON in `<script type="application/json" id="earlybid-config">`. */
export interface PageConfig {
  /** The publisher's account at the bid server. */
  account: string;
  /** Where auctions are asked for; a path on the page's own origin is fastest. */
  auctionUrl: string;
  /** Where events go. Without it nothing is recorded. */
  eventsUrl?: string;
  /** Share of page views that are recorded, from 0 to 1. Default 1. */
  eventsShare?: number;
  /** Folder of sdk.js, sdk.wasm and fallback.js. */
  sdkUrl: string;
  /** Whether cookies go with auctions to another origin. Default true. */
  credentials?: boolean;
  /** Ids that the server has put into the page; never on a page that is cached. */
  auctionId?: string;
  pageViewId?: string;
  /** Slots in the markup may be written out as JSON. Only for pages whose markup contains nothing of strangers. Default false. */
  slotsInMarkup?: boolean;
  /** Address of a `GET` for the first auction, as in a preload. */
  auctionGetUrl?: string;
  /** A bid after the failsafe may serve the slot's next ad. Default false. */
  lateBids?: boolean;
  /** Origins to connect to at once. */
  connectTo?: string[];
  /** Another address in the same document is another page view. Default false. */
  followNavigation?: boolean;
  /** Policy and permissions of the SDK's frames. */
  frame?: { csp?: string; allow?: string };
  /** HTML for native ads, with `##title##` and the like. */
  nativeTemplate?: string;
  /** What the bid server may spend on an auction, in milliseconds. Default 700. */
  tmax?: number;
  /** When the page stops waiting for bids, in milliseconds after the loader ran or, with `privacy`, could begin. Default 1500. */
  failsafe?: number;
  /** What has to be known about the visitor's consent; needs `loader-consent.js`. */
  privacy?: Privacy;
  /** The ad server that renders. Without it the SDK renders winners itself. */
  adServer?: AdServer;
  /** Names of the page in the tables. */
  page?: PageNames;
  /** The page's slots. */
  slots: Slot[];
}

/** Rules of consent. See docs/sdk/consent.md. */
export interface Privacy {
  /**
   * `wait` for the visitor (the default), and without permission go without ids; go without ids at once (`anonymous`); or `stop` if
   * there is no permission.
   */
  mode?: 'wait' | 'anonymous' | 'stop';
  /** The CMP's interfaces that have to answer. Default: all three. */
  apis?: Array<'tcf' | 'gpp' | 'usp'>;
  /** For how long a CMP may say nothing, in milliseconds. Default 1000. */
  cmpTimeout?: number;
  /** For how long the visitor may think, in milliseconds. Default 10000. */
  actionTimeout?: number;
  /** Cookies or keys of the local storage in which the CMP keeps its strings; strings that are there are used at once. */
  stored?: { tcf?: string; gpp?: string; usp?: string };
  /** `false`: nothing is read from the device, and no cookies travel. Default true. */
  deviceAccess?: boolean;
}

export interface AdServer {
  type: 'gpt' | 'custom';
  /** Define slots that the library does not know. Default false. */
  define?: boolean;
  /** The ad server's chain of scripts, then those of creatives: all are preloaded, the first is run. Empty if the page loads them. */
  scripts?: string[];
}

export interface PageNames {
  site?: string;
  type?: string;
  variant?: string;
}

export interface Slot {
  /** Id of the slot's element, and `imp.id` in the auction. */
  code: string;
  /** The ad server's path of the ad unit. */
  adUnitPath?: string;
  /** Sizes that fit, the preferred one first. */
  sizes?: Size[];
  /** Sizes for viewports of at least some width, in place of `sizes`. */
  sizeMap?: Array<{ minWidth: number; sizes: Size[] }>;
  /** Wait until the slot is near the screen; margins in percent of the screen's height. */
  lazy?: boolean | { fetch?: number; render?: number };
  /** A new ad after this many seconds on screen, this many times. */
  refresh?: { every: number; times?: number };
  /** An auction of its own. */
  ownAuction?: boolean;
  /** The publisher's own ad for a slot that nobody bids for, without an ad server. */
  house?: { image?: string; alt?: string; text?: string; link?: string; html?: string; impression?: string[]; click?: string[] };
  /** Height in pixels that a slot in the markup keeps free. */
  reserve?: number;
  /** Name of the stored imp at the bid server. */
  storedImp?: string;
  /** Bidders' parameters, for a slot without a stored imp. */
  bidders?: Record<string, unknown>;
}

/** What an ad server of type `custom` has to do. */
export interface AdServerAdapter {
  ready(run: () => void): void;
  slots(): Array<{ element: string; path?: string }>;
  setKeys(element: string, keys: Record<string, string>, prefix: string): void;
  request(elements: string[]): void;
  follow(heard: (report: Record<string, unknown>) => void): void;
}

/** Names of the steps that are recorded. See docs/sdk/telemetry.md. */
export type StepName =
  | 'page_started'
  | 'loader_started'
  | 'config_read'
  | 'auction_requested'
  | 'wasm_fetched'
  | 'wasm_compiled'
  | 'sdk_ready'
  | 'auction_first_byte'
  | 'auction_last_byte'
  | 'bids_returned'
  | 'no_bid'
  | 'auction_timed_out'
  | 'targeting_set'
  | 'ad_server_requested'
  | 'ad_server_responded'
  | 'slot_empty'
  | 'ad_rendered'
  | 'creative_loaded'
  | 'ad_viewable'
  | 'ad_seen'
  | 'ad_clicked'
  | 'slot_removed'
  | 'vital_measured'
  | 'error_raised';

/** A step as listeners hear it and as it is recorded. */
export interface RecordedStep {
  event: StepName;
  /** The page view's id and the number of the record in it. */
  event_id: string;
  seq: number;
  page_view_id: string;
  /** Milliseconds since navigation start. */
  elapsed_ms: number;
  /** Milliseconds since 1970. */
  client_time: number;
  auction_id?: string;
  /** For steps of a slot: its code, and 0 for its first ad, then 1, 2, … */
  slot?: string;
  refresh_no?: number;
  reason?: string;
  /** For `ad_rendered`. */
  bidder?: string;
  cpm?: number;
  currency?: string;
  creative_size?: string;
  source?: 'header_bidding' | 'house' | 'network';
  /** For `ad_seen`: time on screen so far, in milliseconds. */
  visible_ms?: number;
  /** For `vital_measured`: milliseconds, or the score for `cls`; `ad_share` from 0 to 1. */
  metric?: 'fcp' | 'lcp' | 'cls' | 'inp' | 'long_tasks';
  value?: number;
  ad_share?: number;
  [column: string]: unknown;
}

/** `window.earlybid`. Only `cmd` is there before the SDK has started. */
export interface Earlybid {
  /** Functions to run once the SDK runs; at once if it does already. */
  cmd: { push(...calls: Array<() => void>): unknown };
  /** Asks for new ads in the named slots, or in all that have had an auction, with a new auction. */
  refresh?(codes?: string | string[]): void;
  /** Adds slots. */
  addSlots?(slots: Slot | Slot[]): void;
  /** Takes slots away, with all that is held for them. */
  removeSlots?(codes: string | string[]): void;
  /** Listens for steps by name; `slot_state` for changes of slots, `*` for everything. */
  on?: {
    (name: StepName, heard: (event: RecordedStep) => void): void;
    (name: 'slot_state' | '*', heard: (event: Record<string, unknown>) => void): void;
  };
  /** Writes a winner into the document of a frame of the page. */
  renderAd?(target: Document, adId: string): void;
  /** The page's own ad server, for type `custom`. */
  adServer?: AdServerAdapter;
  /** Sends the events that wait. */
  flush?(): void;
  /** Version of the SDK; `fallback` where only the plain script runs. */
  version?: string;
  /** The id under which this page view is in the tables. */
  pageViewId?: string;
}

declare global {
  interface Window {
    earlybid: Earlybid;
  }
  /** As pages write it, without `window`. */
  var earlybid: Earlybid;
}
